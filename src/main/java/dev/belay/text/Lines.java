package dev.belay.text;

import java.util.stream.Collectors;

/** Text of several lines as one. */
public final class Lines {

  private Lines() {}

  /** The lines without blanks around them, joined by {@code ; }; blank ones are left out. */
  public static String joined(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining("; "));
  }

  /** The words of the text with one blank between two of them. */
  public static String words(String text) {
    StringBuilder words = new StringBuilder(text.length());
    boolean blank = false;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c)) {
        blank = !words.isEmpty();
      } else {
        words.append(blank ? " " : "").append(c);
        blank = false;
      }
    }
    return words.toString();
  }
}
