package dev.belay.text;

import java.util.function.Consumer;

/** How the work on a text grows with it, counted in characters that are read, not in time. */
public final class Growth {

  /** Each character may be read so often before the work counts as without a bound. */
  private static final int TOO_OFTEN = 100;

  private Growth() {}

  /** A text of which each character that is read is counted. */
  private static final class Counted implements CharSequence {

    private final String text;
    private long read;

    Counted(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (++read > (long) TOO_OFTEN * (text.length() + 100)) {
        throw new TooMuch();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      read += end - start;
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      read += text.length();
      return text;
    }
  }

  private static final class TooMuch extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooMuch() {
      super(null, null, false, false);
    }
  }

  /**
   * Whether twice the text takes at most twice the work, and a little.
   *
   * @param times how often the middle is repeated, and then twice as often
   */
  public static boolean isLinear(
      Consumer<CharSequence> work, String begin, String middle, String end, int times) {
    long once = read(work, begin + middle.repeat(times) + end);
    long twice = read(work, begin + middle.repeat(2 * times) + end);
    long fixed = 20L * (begin.length() + end.length() + 10);
    return once < Long.MAX_VALUE && twice <= once * 5 / 2 + fixed;
  }

  private static long read(Consumer<CharSequence> work, String text) {
    Counted counted = new Counted(text);
    try {
      work.accept(counted);
    } catch (TooMuch | StackOverflowError e) {
      return Long.MAX_VALUE;
    }
    return counted.read;
  }
}
