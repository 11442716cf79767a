package dev.belay.text;

/**
 * Text without characters that a terminal, a browser or a log collector obeys in place of showing.
 */
public final class Printable {

  private Printable() {}

  /** The text with each such character, but the line feed, replaced by a blank. */
  public static String spaced(String text) {
    String plain = TerminalCodes.without(text.replace("\r\n", "\n"));
    StringBuilder spaced = new StringBuilder(plain.length());
    plain.codePoints().forEach(c -> spaced.appendCodePoint(c == '\n' || isPrintable(c) ? c : ' '));
    return spaced.toString();
  }

  /**
   * The text on one line: line feeds as {@code \n}, other such characters as {@code \}{@code
   * u001b}.
   *
   * @param maxChars of the result, of which the last is {@code …} when something was left out; from
   *     1 on
   */
  public static String escaped(String text, int maxChars) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), maxChars));
    for (int at = 0; at < text.length(); ) {
      int c = text.codePointAt(at);
      at += Character.charCount(c);
      int before = line.length();
      append(line, c);
      boolean more = at < text.length();
      if (line.length() > maxChars || (more && line.length() == maxChars)) {
        line.setLength(before == maxChars ? start(line, before) : before);
        return line.append('…').toString();
      }
    }
    return line.toString();
  }

  /** Where the last code point of the line begins. */
  private static int start(StringBuilder line, int length) {
    return line.offsetByCodePoints(length, -1);
  }

  private static void append(StringBuilder line, int c) {
    switch (c) {
      case '\n' -> line.append("\\n");
      case '\r' -> line.append("\\r");
      case '\t' -> line.append("\\t");
      default -> {
        if (isPrintable(c)) {
          line.appendCodePoint(c);
        } else {
          line.append("\\u%04x".formatted(c));
        }
      }
    }
  }

  /**
   * Not: control characters, ends of lines, marks that turn the direction, halves of characters.
   */
  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> !(c >= '\u202a' && c <= '\u202e') && !(c >= '\u2066' && c <= '\u2069');
    };
  }
}
