package dev.belay.readiness;

import dev.belay.text.Printable;
import java.util.stream.Collectors;

/** What others wrote, as a part of one of our sentences. */
final class OneLine {

  static final int MAX_CHARS = 300;

  private OneLine() {}

  /**
   * The lines joined by {@code ; }, without blank ones and control characters, at most {@value
   * #MAX_CHARS} characters with the end left out.
   */
  static String of(String text) {
    String line =
        text.lines()
            .map(l -> Printable.spaced(l).strip())
            .filter(l -> !l.isEmpty())
            .limit(20)
            .collect(Collectors.joining("; "));
    if (line.length() <= MAX_CHARS) {
      return line;
    }
    int end = MAX_CHARS - 1;
    return line.substring(0, Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end) + "…";
  }

  /** {@code sentence: detail}, or the sentence alone when there is no detail. */
  static String join(String sentence, String detail) {
    String line = of(detail);
    return line.isEmpty() ? sentence : sentence + ": " + line;
  }
}
