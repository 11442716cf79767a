package dev.belay.report;

import java.util.regex.Pattern;

/** Names that smell of a secret, in the spelling of environment variables and options. */
final class SecretNames {

  private static final String WORDS =
      "pass|pwd|token|secret|credential|key|auth|dsn|connection_?string"
          + "|database_url|private|cert";

  private static final Pattern NAME = Pattern.compile(WORDS, Pattern.CASE_INSENSITIVE);

  /** {@code --db-password=x}, {@code token: x}: within an option or a line of a configuration. */
  private static final Pattern ASSIGNMENT =
      Pattern.compile(
          "([\\w.-]*(?:pass|pwd|token|secret|credential|api[_-]?key"
              + "|private[_-]?key|access[_-]?key)[\\w.-]*[\"']?\\s*[=:]\\s*[\"']?)"
              + "([^\\s\"',;}&]+)",
          Pattern.CASE_INSENSITIVE);

  private SecretNames() {}

  /** Errs on the side of masking: that a value changed is told anyway. */
  static boolean smells(String name) {
    return NAME.matcher(name).find();
  }

  /** The text with the values that are assigned to such names masked. */
  static String maskAssignments(String text) {
    return ASSIGNMENT.matcher(text).replaceAll("$1" + Masking.MASK);
  }
}
