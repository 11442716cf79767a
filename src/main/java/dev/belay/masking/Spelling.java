package dev.belay.masking;

import dev.belay.text.TerminalCodes;
import java.util.Arrays;

/**
 * A text as the bytes that it stands for in one spelling, each with its place in the text. As a
 * {@code CharSequence} it has a character for each byte.
 */
final class Spelling implements CharSequence {

  /** Between what does not belong together: no byte of UTF-8. */
  static final int SEPARATOR = 0xff;

  private byte[] bytes;
  private int[] from;
  private int[] to;
  private int length;

  Spelling(int capacity) {
    int room = Math.max(capacity, 16);
    bytes = new byte[room];
    from = new int[room];
    to = new int[room];
  }

  /** The text as it is, in UTF-8; half a character counts as a question mark. */
  static Spelling plain(String text) {
    Spelling plain = new Spelling(text.length());
    for (int at = 0; at < text.length(); ) {
      int c = text.codePointAt(at);
      int end = at + Character.charCount(c);
      plain.add(c, at, end);
      at = end;
    }
    return plain;
  }

  /** Adds a byte that stands at these places of the text. */
  void addByte(int value, int start, int end) {
    if (length == bytes.length) {
      int more = length * 2;
      bytes = Arrays.copyOf(bytes, more);
      from = Arrays.copyOf(from, more);
      to = Arrays.copyOf(to, more);
    }
    bytes[length] = (byte) value;
    from[length] = start;
    to[length] = end;
    length++;
  }

  /** Makes the last byte, if there is one, end at this place of the text. */
  void extendLast(int end) {
    if (length > 0) {
      to[length - 1] = end;
    }
  }

  /** Adds a character in UTF-8. */
  void add(int codePoint, int start, int end) {
    if (codePoint < 0x80) {
      addByte(codePoint, start, end);
    } else if (codePoint < 0x800) {
      addByte(0xc0 | (codePoint >> 6), start, end);
      addByte(0x80 | (codePoint & 0x3f), start, end);
    } else if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
      addByte('?', start, end);
    } else if (codePoint < 0x10000) {
      addByte(0xe0 | (codePoint >> 12), start, end);
      addByte(0x80 | ((codePoint >> 6) & 0x3f), start, end);
      addByte(0x80 | (codePoint & 0x3f), start, end);
    } else {
      addByte(0xf0 | (codePoint >> 18), start, end);
      addByte(0x80 | ((codePoint >> 12) & 0x3f), start, end);
      addByte(0x80 | ((codePoint >> 6) & 0x3f), start, end);
      addByte(0x80 | (codePoint & 0x3f), start, end);
    }
  }

  /** The same without the codes of terminals, which a text in JSON may have spelled out. */
  Spelling withoutCodes() {
    boolean none = true;
    for (int i = 0; i < length && none; i++) {
      none = bytes[i] != TerminalCodes.ESCAPE;
    }
    if (none) {
      return this;
    }
    Spelling rest = new Spelling(length);
    int at = 0;
    while (at < length) {
      int end = bytes[at] == TerminalCodes.ESCAPE ? TerminalCodes.end(this, at) : at;
      if (end == at) {
        rest.addByte(bytes[at], from[at], to[at]);
        at++;
      } else {
        at = end;
      }
    }
    return rest;
  }

  /** The bytes; those from {@link #length} on mean nothing. */
  byte[] bytes() {
    return bytes;
  }

  /** Where in the text this byte begins. */
  int from(int index) {
    return from[index];
  }

  /** Where in the text this byte ends. */
  int to(int index) {
    return to[index];
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public char charAt(int index) {
    return (char) (bytes[index] & 0xff);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return new String(bytes, start, end - start, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  @Override
  public String toString() {
    return subSequence(0, length).toString();
  }
}
