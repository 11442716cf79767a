package dev.belay.text;

/** Codes by which programs colour what they write to a terminal, or move its cursor (ECMA-48). */
public final class TerminalCodes {

  public static final char ESCAPE = '\u001b';

  /** Begins a control sequence in one character, where {@code ESC [} does in two. */
  private static final char CONTROL = '\u009b';

  private static final char BELL = '\u0007';

  private TerminalCodes() {}

  /** The text without its codes. A code that does not end stays. */
  public static String without(String text) {
    if (text.indexOf(ESCAPE) < 0 && text.indexOf(CONTROL) < 0) {
      return text;
    }
    StringBuilder rest = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int end = end(text, at);
      if (end == at) {
        rest.append(text.charAt(at++));
      } else {
        at = end;
      }
    }
    return rest.toString();
  }

  /** The index behind the code that begins at this index; the index itself where none does. */
  public static int end(CharSequence text, int at) {
    char first = text.charAt(at);
    if (first == CONTROL) {
      return control(text, at + 1, at);
    }
    if (first != ESCAPE || at + 1 == text.length()) {
      return at;
    }
    return switch (text.charAt(at + 1)) {
      case '[' -> control(text, at + 2, at);
      case ']', 'P', 'X', '^', '_' -> string(text, at + 2);
      default -> simple(text, at + 1, at);
    };
  }

  /** {@code ESC [ 1 ; 31 m}: parameters, intermediate characters, and one that ends it. */
  private static int control(CharSequence text, int from, int otherwise) {
    int at = skip(text, skip(text, from, '0', '?'), ' ', '/');
    return at < text.length() && isIn(text.charAt(at), '@', '~') ? at + 1 : otherwise;
  }

  /** {@code ESC ] 8 ; ; address BEL}, or {@code ESC \} in place of BEL. */
  private static int string(CharSequence text, int from) {
    for (int at = from; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == BELL) {
        return at + 1;
      }
      if (c == ESCAPE) {
        boolean ends = at + 1 < text.length() && text.charAt(at + 1) == '\\';
        return ends ? at + 2 : from;
      }
      if (c < ' ') {
        break;
      }
    }
    return from;
  }

  /** {@code ESC ( B}: intermediate characters, and one that ends it. */
  private static int simple(CharSequence text, int from, int otherwise) {
    int at = skip(text, from, ' ', '/');
    return at < text.length() && isIn(text.charAt(at), '0', '~') ? at + 1 : otherwise;
  }

  private static int skip(CharSequence text, int from, char first, char last) {
    int at = from;
    while (at < text.length() && isIn(text.charAt(at), first, last)) {
      at++;
    }
    return at;
  }

  private static boolean isIn(char c, char first, char last) {
    return c >= first && c <= last;
  }
}
