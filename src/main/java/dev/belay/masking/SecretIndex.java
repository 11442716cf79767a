package dev.belay.masking;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values to be masked, so that those which stand anywhere in a text are found in one pass over
 * it. A place of the text costs as much as {@value #MAX_PART_BYTES} bytes compared with as many
 * values as there are digits in their number, whatever the values are.
 */
final class SecretIndex {

  /** A longer value is looked for in parts: what shows a part of it is masked as far as that. */
  static final int MAX_PART_BYTES = 64;

  /** Shorter ones are everyday words and numbers: masking them would hide nothing. */
  static final int MIN_CHARS = 4;

  /** Values below this length are masked as whole words only. */
  static final int WORD_CHARS = 8;

  private static final int BEGINNING = 4;
  private static final int BEGINNINGS = 1 << 16;

  private final byte[][] parts;

  /** For each part the longest other one that it begins with; -1 where there is none. */
  private final int[] shorter;

  private final BitSet beginnings = new BitSet(BEGINNINGS);
  private @Nullable SecretIndex backwards;

  private SecretIndex(List<byte[]> all) {
    byte[][] sorted = all.toArray(byte[][]::new);
    Arrays.sort(sorted, Arrays::compareUnsigned);
    int distinct = 0;
    for (byte[] part : sorted) {
      if (distinct == 0 || !Arrays.equals(part, sorted[distinct - 1])) {
        sorted[distinct++] = part;
      }
    }
    parts = Arrays.copyOf(sorted, distinct);
    shorter = new int[distinct];
    for (int i = 0; i < distinct; i++) {
      int other = i - 1;
      while (other >= 0 && !begins(parts[i], parts[other])) {
        other = shorter[other];
      }
      shorter[i] = other;
      beginnings.set(beginning(parts[i], 0));
    }
  }

  /** An index of these values, each of {@value #BEGINNING} to {@value #MAX_PART_BYTES} bytes. */
  static SecretIndex of(List<byte[]> parts) {
    return new SecretIndex(parts);
  }

  boolean isEmpty() {
    return parts.length == 0;
  }

  /**
   * How many bytes from this place on are a value; 0 where none begins there.
   *
   * @param words whether short values have to be whole words
   */
  int longest(Spelling text, int at, boolean words) {
    if (at + BEGINNING > text.length() || !beginnings.get(beginning(text.bytes(), at))) {
      return 0;
    }
    int end = Math.min(at + MAX_PART_BYTES, text.length());
    int found = lastUpTo(text.bytes(), at, end);
    if (found < 0) {
      return 0;
    }
    int common = common(parts[found], text.bytes(), at, end);
    for (; found >= 0; found = shorter[found]) {
      int length = parts[found].length;
      if (length <= common && (!words || isWord(text, at, at + length))) {
        return length;
      }
    }
    return 0;
  }

  /**
   * Where the beginning of a value begins that this place cuts off; the place itself where none
   * does.
   *
   * @param minChars that are left of the value
   */
  int beginningBefore(Spelling text, int end, int minChars) {
    for (int at = Math.max(0, end - MAX_PART_BYTES); at <= end - minChars; at++) {
      if (isBeginning(text.bytes(), at, end) && Words.startsOrIsLong(text, at, end)) {
        return at;
      }
    }
    return end;
  }

  /** The same of what is left of a value whose beginning is cut off before this place. */
  int endAfter(Spelling text, int at, int minChars) {
    int length = Math.min(MAX_PART_BYTES, text.length() - at);
    byte[] reversed = reversed(Arrays.copyOfRange(text.bytes(), at, at + length));
    SecretIndex values = backwards();
    for (int from = 0; from <= length - minChars; from++) {
      int end = at + length - from;
      if (values.isBeginning(reversed, from, length) && Words.endsOrIsLong(text, at, end)) {
        return end;
      }
    }
    return at;
  }

  private synchronized SecretIndex backwards() {
    if (backwards == null) {
      List<byte[]> all = new ArrayList<>(parts.length);
      for (byte[] part : parts) {
        all.add(reversed(part));
      }
      backwards = new SecretIndex(all);
    }
    return backwards;
  }

  /** Whether a value begins with these bytes. */
  private boolean isBeginning(byte[] text, int from, int to) {
    if (to - from < BEGINNING || !beginnings.get(beginning(text, from))) {
      return false;
    }
    int next = lastUpTo(text, from, to);
    // The value itself is the last one up to it; longer ones come next.
    return (next >= 0 && common(parts[next], text, from, to) == to - from)
        || (next + 1 < parts.length && common(parts[next + 1], text, from, to) == to - from);
  }

  /** The last value that does not come after these bytes in the order of the index; -1 if none. */
  private int lastUpTo(byte[] text, int from, int to) {
    int low = 0;
    int high = parts.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      byte[] part = parts[middle];
      if (Arrays.compareUnsigned(part, 0, part.length, text, from, to) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  private static boolean isWord(Spelling text, int from, int to) {
    return Words.startsOrIsLong(text, from, to) && Words.endsOrIsLong(text, from, to);
  }

  private static boolean begins(byte[] part, byte[] beginning) {
    return common(beginning, part, 0, part.length) == beginning.length;
  }

  /** How many bytes both begin with. */
  private static int common(byte[] part, byte[] text, int from, int to) {
    int first = Arrays.mismatch(part, 0, part.length, text, from, to);
    return first < 0 ? part.length : first;
  }

  private static int beginning(byte[] bytes, int at) {
    int word =
        ((bytes[at] & 0xff) << 24)
            | ((bytes[at + 1] & 0xff) << 16)
            | ((bytes[at + 2] & 0xff) << 8)
            | (bytes[at + 3] & 0xff);
    return (word * 0x9e3779b1) >>> 16;
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }

  /** The rule that a short value is masked as a whole word only. */
  private static final class Words {

    static boolean startsOrIsLong(Spelling text, int from, int to) {
      return isLong(text, from, to) || from == 0 || !isLetter(before(text, from));
    }

    static boolean endsOrIsLong(Spelling text, int from, int to) {
      return isLong(text, from, to) || to == text.length() || !isLetter(after(text, to));
    }

    private static boolean isLong(Spelling text, int from, int to) {
      int chars = 0;
      for (int i = from; i < to && chars < WORD_CHARS; i++) {
        chars += (text.bytes()[i] & 0xc0) == 0x80 ? 0 : 1;
      }
      return chars >= WORD_CHARS;
    }

    private static boolean isLetter(int c) {
      return Character.isLetterOrDigit(c);
    }

    private static int before(Spelling text, int at) {
      int from = at - 1;
      while (from > 0 && at - from < 4 && (text.bytes()[from] & 0xc0) == 0x80) {
        from--;
      }
      return character(text, from, at);
    }

    private static int after(Spelling text, int at) {
      return character(text, at, Math.min(at + 4, text.length()));
    }

    private static int character(Spelling text, int from, int to) {
      return new String(text.bytes(), from, to - from, StandardCharsets.UTF_8).codePointAt(0);
    }
  }
}
