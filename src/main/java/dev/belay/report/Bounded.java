package dev.belay.report;

import dev.belay.text.Printable;
import java.util.List;

/** Text of others, cut to a size and safe to print. */
public final class Bounded {

  private Bounded() {}

  /**
   * The text with colours taken out, control characters replaced by a space, and cut to at most
   * {@code maxChars} UTF-16 units, of which the last is {@code …} when something was left out. No
   * code point is cut in half.
   */
  public static String text(String text, int maxChars) {
    if (maxChars < 1) {
      throw new IllegalArgumentException("maxChars is below 1: " + maxChars);
    }
    String printable = Printable.spaced(text);
    if (printable.length() <= maxChars) {
      return printable;
    }
    int end = maxChars - 1;
    if (end > 0 && Character.isHighSurrogate(printable.charAt(end - 1))) {
      end--;
    }
    return printable.substring(0, end) + "…";
  }

  /**
   * These texts in a row, as many of them whole as there is room for, and how many more there are.
   *
   * @param maxChars of the whole, from 20 on
   */
  public static String list(List<String> texts, int maxChars) {
    StringBuilder list = new StringBuilder();
    int room = maxChars - 20; // "; and 1234567 more"
    for (int i = 0; i < texts.size(); i++) {
      String next = text(texts.get(i), room);
      if (i > 0 && list.length() + 2 + next.length() > room) {
        return list.append("; and ").append(texts.size() - i).append(" more").toString();
      }
      list.append(i > 0 ? "; " : "").append(next);
    }
    return list.toString();
  }

  /** The last lines of a log, without blank ones at its end, each bounded as by {@link #text}. */
  public static List<String> lastLines(String log, int maxLines, int maxCharsPerLine) {
    List<String> lines = log.stripTrailing().lines().toList();
    return lines.subList(Math.max(0, lines.size() - maxLines), lines.size()).stream()
        .map(line -> text(line, maxCharsPerLine))
        .toList();
  }
}
