package dev.belay.masking;

/** Passwords in URLs: {@code amqp://me:password@host/}. */
public final class UrlPasswords {

  private static final String BEFORE = "://";

  private UrlPasswords() {}

  /** Is told where each password begins, and where it ends. */
  interface Found {
    void at(int from, int to);
  }

  /** The text with each password masked. */
  public static String masked(String text) {
    StringBuilder masked = new StringBuilder();
    int[] copied = {0};
    find(
        text,
        (from, to) -> {
          masked.append(text, copied[0], from).append(Masking.MASK);
          copied[0] = to;
        });
    return copied[0] == 0 ? text : masked.append(text, copied[0], text.length()).toString();
  }

  /** Finds all passwords, in their order. */
  static void find(CharSequence text, Found found) {
    int at = 0;
    while (at + BEFORE.length() < text.length()) {
      if (text.charAt(at) != ':' || text.charAt(at + 1) != '/' || text.charAt(at + 2) != '/') {
        at++;
        continue;
      }
      int begin = at + BEFORE.length();
      int end = begin;
      int colon = -1;
      int last = -1;
      boolean query = false;
      for (; end < text.length() && isInside(text.charAt(end)); end++) {
        char c = text.charAt(end);
        query |= c == '?' || c == '#';
        if (c == ':' && colon < 0 && last < 0) {
          colon = end;
        } else if (c == '@' && !(query && last >= 0)) {
          last = end;
        }
      }
      if (colon >= 0 && last > colon + 1) {
        found.at(colon + 1, last);
      }
      at = end;
    }
  }

  /** Not where the path begins, and not beyond a word. */
  private static boolean isInside(char c) {
    return c > ' ' && c != '/' && c != '"';
  }
}
