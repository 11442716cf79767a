package dev.belay.masking;

import java.util.Optional;

/** Reads one spelling of a text as what it stands for. What is not spelled that way stays. */
final class Decoding {

  private static final int SURROGATE_DIGITS = 4;

  private Decoding() {}

  /**
   * Without escapes by backslashes: JSON, Go's {@code %q}, C, a shell's. Empty where the text has
   * none.
   */
  static Optional<Spelling> unescaped(Spelling text) {
    Spelling plain = new Spelling(text.length());
    boolean changed = false;
    int at = 0;
    while (at < text.length()) {
      boolean escape = text.charAt(at) == '\\' && at + 1 < text.length();
      at = escape ? escape(text, at, plain) : copy(text, at, plain);
      changed |= escape;
    }
    return changed ? Optional.of(plain.withoutCodes()) : Optional.empty();
  }

  private static int copy(Spelling text, int at, Spelling plain) {
    plain.addByte(text.charAt(at), text.from(at), text.to(at));
    return at + 1;
  }

  /** Adds what the escape at this place stands for; returns where it ends. */
  private static int escape(Spelling text, int at, Spelling plain) {
    char kind = text.charAt(at + 1);
    return switch (kind) {
      case 'n' -> one('\n', text, at, plain);
      case 't' -> one('\t', text, at, plain);
      case 'r' -> one('\r', text, at, plain);
      case 'b' -> one('\b', text, at, plain);
      case 'f' -> one('\f', text, at, plain);
      case 'a' -> one(0x07, text, at, plain);
      case 'v' -> one(0x0b, text, at, plain);
      case 'e' -> one(0x1b, text, at, plain);
      case 'x' -> number(text, at, 2, 16, plain);
      case 'u' -> number(text, at, SURROGATE_DIGITS, 16, plain);
      case 'U' -> number(text, at, 8, 16, plain);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> number(text, at - 1, 3, 8, plain);
      default ->
          kind < 0x80 && Character.isLetterOrDigit(kind)
              ? copy(text, at, plain)
              : one(kind, text, at, plain);
    };
  }

  private static int one(int value, Spelling text, int at, Spelling plain) {
    plain.addByte(value, text.from(at), text.to(at + 1));
    return at + 2;
  }

  /** An escape by a number of so many digits, which begin two behind this place. */
  private static int number(Spelling text, int at, int digits, int radix, Spelling plain) {
    int begin = radix == 8 ? at + 1 : at;
    int value = value(text, at + 2, digits, radix);
    if (value < 0 || value > Character.MAX_CODE_POINT) {
      return copy(text, begin, plain);
    }
    int end = at + 2 + digits;
    if (digits == SURROGATE_DIGITS && Character.isSurrogate((char) value)) {
      int low = low(text, end);
      if (Character.isHighSurrogate((char) value) && low >= 0) {
        int last = end + 2 + digits;
        int whole = Character.toCodePoint((char) value, (char) low);
        plain.add(whole, text.from(begin), text.to(last - 1));
        return last;
      }
    }
    if (digits < SURROGATE_DIGITS) {
      plain.addByte(value, text.from(begin), text.to(end - 1));
    } else {
      plain.add(value, text.from(begin), text.to(end - 1));
    }
    return end;
  }

  /** The second half of a character, if it follows; -1 if not. */
  private static int low(Spelling text, int at) {
    boolean follows =
        at + 1 < text.length() && text.charAt(at) == '\\' && text.charAt(at + 1) == 'u';
    int value = follows ? value(text, at + 2, SURROGATE_DIGITS, 16) : -1;
    return value >= 0 && Character.isLowSurrogate((char) value) ? value : -1;
  }

  /** The number that these digits are; -1 where something else stands there. */
  private static int value(Spelling text, int at, int digits, int radix) {
    if (at + digits > text.length()) {
      return -1;
    }
    long value = 0;
    for (int i = at; i < at + digits; i++) {
      int digit = Character.digit(text.charAt(i), radix);
      if (digit < 0) {
        return -1;
      }
      value = value * radix + digit;
    }
    return value > Integer.MAX_VALUE ? -1 : (int) value;
  }

  /** Without {@code %2F}, as in a URL; empty where the text has none. */
  static Optional<Spelling> unpercented(Spelling text) {
    Spelling plain = new Spelling(text.length());
    boolean changed = false;
    int at = 0;
    while (at < text.length()) {
      int value = text.charAt(at) == '%' ? value(text, at + 1, 2, 16) : -1;
      if (value < 0) {
        at = copy(text, at, plain);
      } else {
        plain.addByte(value, text.from(at), text.to(at + 2));
        at += 3;
        changed = true;
      }
    }
    return changed ? Optional.of(plain.withoutCodes()) : Optional.empty();
  }

  /** With blanks in place of {@code +}, as in a form; empty where the text has none. */
  static Optional<Spelling> unplussed(Spelling text) {
    Spelling plain = new Spelling(text.length());
    boolean changed = false;
    for (int at = 0; at < text.length(); at++) {
      boolean plus = text.charAt(at) == '+';
      plain.addByte(plus ? ' ' : text.charAt(at), text.from(at), text.to(at));
      changed |= plus;
    }
    return changed ? Optional.of(plain) : Optional.empty();
  }

  /**
   * From base64, of URLs too, with padding or without, and broken into lines.
   *
   * @param skipped characters at the beginning of each word of base64, 0 to 3: what was encoded may
   *     begin anywhere in it
   */
  static Spelling base64(Spelling text, int skipped) {
    Spelling plain = new Spelling(text.length() * 3 / 4);
    int seen = 0;
    int bits = 0;
    int held = 0;
    int before = 0;
    boolean padded = false;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      int value = digit64(c);
      if (value < 0) {
        if (c == '=' && (padded || (bits < 6 && seen > skipped))) {
          plain.extendLast(text.to(at)); // Padding belongs to what it pads.
          padded = true;
        } else if (c != '\n' && c != '\r') {
          separate(plain, at, text);
          seen = 0;
          bits = 0;
          padded = false;
        }
        continue;
      }
      if (padded) {
        separate(plain, at, text);
        seen = 0;
        bits = 0;
        padded = false;
      }
      if (seen++ < skipped) {
        continue;
      }
      held = (held << 6) | value;
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        plain.addByte((held >> bits) & 0xff, text.from(before), text.to(at));
      }
      before = at;
    }
    return plain;
  }

  private static int digit64(char c) {
    if (c >= 'A' && c <= 'Z') {
      return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
      return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
      return c - '0' + 52;
    }
    return switch (c) {
      case '+', '-' -> 62;
      case '/', '_' -> 63;
      default -> -1;
    };
  }

  /**
   * From hexadecimal digits, with blanks or colons between them or without.
   *
   * @param skipped digits at the beginning of each word of them, 0 or 1
   */
  static Spelling hex(Spelling text, int skipped) {
    Spelling plain = new Spelling(text.length() / 2);
    int seen = 0;
    int high = -1;
    int before = 0;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        if (c != ' ' && c != ':') {
          separate(plain, at, text);
          seen = 0;
          high = -1;
        }
      } else if (seen++ >= skipped) {
        if (high < 0) {
          high = digit;
          before = at;
        } else {
          plain.addByte((high << 4) | digit, text.from(before), text.to(at));
          high = -1;
        }
      }
    }
    return plain;
  }

  private static void separate(Spelling plain, int at, Spelling text) {
    if (plain.length() > 0 && plain.charAt(plain.length() - 1) != Spelling.SEPARATOR) {
      plain.addByte(Spelling.SEPARATOR, text.from(at), text.to(at));
    }
  }
}
