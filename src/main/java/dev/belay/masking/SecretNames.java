package dev.belay.masking;

import java.util.List;
import java.util.Locale;

/** Names that smell of a secret, in the spelling of environment variables and options. */
public final class SecretNames {

  private static final List<String> WORDS =
      List.of(
          "pass",
          "pwd",
          "token",
          "secret",
          "credential",
          "key",
          "auth",
          "dsn",
          "connectionstring",
          "connection_string",
          "database_url",
          "private",
          "cert");

  /** What is assigned in text of any kind: fewer, since a sentence may have a colon too. */
  private static final List<String> ASSIGNED =
      List.of(
          "pass",
          "pwd",
          "token",
          "secret",
          "credential",
          "apikey",
          "api_key",
          "api-key",
          "privatekey",
          "private_key",
          "private-key",
          "accesskey",
          "access_key",
          "access-key");

  private SecretNames() {}

  /** Errs on the side of masking: that a value changed is told anyway. */
  public static boolean smells(String name) {
    return has(name, WORDS);
  }

  private static boolean has(String name, List<String> words) {
    String lower = name.toLowerCase(Locale.ROOT);
    return words.stream().anyMatch(lower::contains);
  }

  /**
   * The text with the values masked that are assigned to such names: {@code --db-password=x},
   * {@code token: x}, {@code "token": "x"}.
   */
  public static String maskAssignments(String text) {
    StringBuilder masked = new StringBuilder();
    int copied = 0;
    int at = 0;
    while (at < text.length()) {
      int end = at;
      while (end < text.length() && isOfName(text.charAt(end))) {
        end++;
      }
      int value = end == at ? -1 : value(text, end);
      if (value >= 0 && has(text.substring(at, end), ASSIGNED)) {
        int stop = valueEnd(text, value);
        if (stop > value) {
          masked.append(text, copied, value).append(Masking.MASK);
          copied = stop;
          end = stop;
        }
      }
      at = Math.max(end, at + 1);
    }
    return copied == 0 ? text : masked.append(text, copied, text.length()).toString();
  }

  /** Where the value begins that is assigned to what ends here; -1 where none is. */
  private static int value(String text, int nameEnd) {
    int at = blanks(text, quote(text, nameEnd));
    if (at == text.length() || (text.charAt(at) != '=' && text.charAt(at) != ':')) {
      return -1;
    }
    int value = quote(text, blanks(text, at + 1));
    return value < text.length() ? value : -1;
  }

  /** To the same quote in this line, or to the end of the word. */
  private static int valueEnd(String text, int from) {
    char before = text.charAt(from - 1);
    boolean quoted = before == '"' || before == '\'';
    if (quoted) {
      boolean escaped = from > 1 && text.charAt(from - 2) == '\\';
      for (int at = from; at < text.length() && text.charAt(at) != '\n'; at++) {
        if (text.charAt(at) == '\\' && !escaped) {
          at++;
        } else if (text.charAt(at) == before) {
          return at;
        }
      }
    }
    int at = from;
    while (at < text.length() && isOfValue(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isOfName(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '.'
        || c == '-';
  }

  private static boolean isOfValue(char c) {
    return !Character.isWhitespace(c)
        && switch (c) {
          case '"', '\'', ',', ';', '}', '&' -> false;
          default -> true;
        };
  }

  private static int blanks(String text, int from) {
    int at = from;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** Behind a quote, if one is there, as it is or escaped. */
  private static int quote(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) == '\\') {
      at++;
    }
    boolean quoted = at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'');
    return quoted ? at + 1 : from;
  }
}
