package dev.belay.text;

import java.util.OptionalInt;

/** Whole numbers of a few decimal digits. */
public final class Digits {

  /** The most digits that any {@code int} has room for. */
  public static final int MAX = 9;

  private Digits() {}

  /**
   * The number that the text is.
   *
   * @param most digits that it may have, {@value #MAX} at most
   * @return empty when the text is anything but 1 to so many of the digits 0 to 9
   */
  public static OptionalInt read(String text, int most) {
    if (text.isEmpty() || text.length() > Math.min(most, MAX) || !are(text)) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(Integer.parseInt(text));
  }

  /** Whether the text has nothing but digits, and at least one. */
  public static boolean are(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
