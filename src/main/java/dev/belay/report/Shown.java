package dev.belay.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.masking.Masking;
import dev.belay.text.TerminalCodes;

/** Two values of one field as people may see them: masked, excerpted where they differ, bounded. */
record Shown(String before, String after) {

  static final String ABSENT = "(absent)";

  /** How much of the line before the difference is kept, in characters. */
  private static final int CONTEXT_CHARS = 60;

  /**
   * The two values.
   *
   * @param secret whether both are masked, whatever they are
   * @param secrets what is masked in them
   * @param maxChars of each
   */
  static Shown of(JsonNode before, JsonNode after, boolean secret, Masking secrets, int maxChars) {
    String left = text(before, secret);
    String right = text(after, secret);
    int start = longest(left, right) > maxChars ? excerptStart(left, right) : 0;
    return new Shown(cut(left, start, secrets, maxChars), cut(right, start, secrets, maxChars));
  }

  private static String text(JsonNode node, boolean secret) {
    if (Difference.isAbsent(node)) {
      return ABSENT;
    }
    if (secret && node.isValueNode()) {
      return Masking.MASK;
    }
    return TerminalCodes.without(
        node.isValueNode()
            ? MaskedTree.text(node.asText())
            : MaskedTree.of(node, secret).toString());
  }

  /** The start of the line, or of its last bit, in which the first difference is. */
  private static int excerptStart(String left, String right) {
    int same = 0;
    while (same < Math.min(left.length(), right.length())
        && left.charAt(same) == right.charAt(same)) {
      same++;
    }
    int start = Math.max(left.lastIndexOf('\n', same - 1) + 1, same - CONTEXT_CHARS);
    return start > 0 && Character.isLowSurrogate(left.charAt(Math.min(start, left.length() - 1)))
        ? start - 1
        : start;
  }

  private static int longest(String left, String right) {
    return Math.max(left.length(), right.length());
  }

  /** Masked before it is cut: half a value is a secret too. */
  private static String cut(String text, int start, Masking secrets, int maxChars) {
    int from = start > text.length() ? 0 : start;
    int to = Math.min(text.length(), from + maxChars + 1);
    return Bounded.text((from > 0 ? "…" : "") + secrets.maskPart(text, from, to), maxChars);
  }
}
