package dev.belay.report;

import dev.belay.manifest.KubeObject;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Keeps values of Secrets out of text that others wrote: log lines, termination messages, errors of
 * the API server.
 *
 * <p>What is masked: every value of at least {@value #MIN_CHARS} characters, decoded and in base64,
 * and what can be told apart in it (see {@link SecretValues}). Shorter ones are left: masking each
 * {@code no} and {@code 80} would make text unreadable and hide nothing. Values below {@value
 * #WORD_CHARS} characters are masked as whole words only, for the same reason. The password in a
 * URL is masked wherever it came from.
 */
public final class Masking {

  public static final String MASK = "(masked)";
  static final int MIN_CHARS = 4;
  private static final int WORD_CHARS = 8;

  private static final Pattern URL_PASSWORD =
      Pattern.compile("(?<=://)([^/\\s:@]*):([^/\\s@]+)(?=@)");

  private Masking() {}

  /** The values that must not be told, of the Secrets among these objects. */
  public static Set<String> secretValues(List<KubeObject> objects) {
    Set<String> values = new HashSet<>();
    for (KubeObject object : objects) {
      if (object.kind().equals("Secret") && object.group().isEmpty()) {
        SecretValues.of(object, values);
      }
    }
    return Set.copyOf(values);
  }

  /** The text with each of these values replaced by {@value #MASK}, the longest first. */
  public static String mask(String text, Set<String> secretValues) {
    String masked = text;
    if (!secretValues.isEmpty()) {
      String any =
          secretValues.stream()
              .filter(value -> value.length() >= MIN_CHARS && text.contains(value))
              .sorted(Comparator.comparing(String::length).reversed())
              .map(Masking::literal)
              .collect(Collectors.joining("|"));
      masked = any.isEmpty() ? text : Pattern.compile(any).matcher(text).replaceAll(MASK);
    }
    return URL_PASSWORD.matcher(masked).replaceAll("$1:" + MASK);
  }

  private static String literal(String value) {
    String quoted = Pattern.quote(value);
    return value.length() < WORD_CHARS
        ? "(?<![\\p{L}\\p{N}])" + quoted + "(?![\\p{L}\\p{N}])"
        : quoted;
  }
}
