package dev.belay.report;

import dev.belay.manifest.KubeObject;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    return mask(text, found(text, secretValues));
  }

  /**
   * The same of a text that was cut out of a longer one: also what is left of a value at its
   * beginning or its end, from {@value #MIN_CHARS} characters on.
   */
  public static String maskCut(String text, Set<String> secretValues) {
    return mask(
        text,
        Stream.of(
                found(text, secretValues),
                secretValues.stream().flatMap(value -> atBeginning(text, value).stream()),
                secretValues.stream().flatMap(value -> atEnd(text, value).stream()))
            .flatMap(found -> found));
  }

  /** A text that is to be replaced, and the pattern that finds it where it is to be. */
  private record Part(String text, String pattern) {}

  private static String mask(String text, Stream<Part> parts) {
    // One pattern for all: what is masked already would hide the rest of what overlaps it.
    String any =
        parts
            .sorted(Comparator.comparing((Part part) -> part.text().length()).reversed())
            .map(Part::pattern)
            .collect(Collectors.joining("|"));
    String masked = any.isEmpty() ? text : Pattern.compile(any).matcher(text).replaceAll(MASK);
    return URL_PASSWORD.matcher(masked).replaceAll("$1:" + MASK);
  }

  private static Stream<Part> found(String text, Set<String> secretValues) {
    return secretValues.stream()
        .filter(value -> value.length() >= MIN_CHARS && text.contains(value))
        .map(
            value ->
                new Part(value, notBehindWord(value) + Pattern.quote(value) + notInWord(value)));
  }

  /** The longest end of the value with which the text begins. */
  private static Optional<Part> atBeginning(String text, String value) {
    for (int n = Math.min(value.length() - 1, text.length()); n >= MIN_CHARS; n--) {
      if (value.regionMatches(value.length() - n, text, 0, n)) {
        String rest = value.substring(value.length() - n);
        return Optional.of(new Part(rest, "\\A" + Pattern.quote(rest) + notInWord(rest)));
      }
    }
    return Optional.empty();
  }

  /** The longest beginning of the value with which the text ends. */
  private static Optional<Part> atEnd(String text, String value) {
    for (int n = Math.min(value.length() - 1, text.length()); n >= MIN_CHARS; n--) {
      if (value.regionMatches(0, text, text.length() - n, n)) {
        String rest = value.substring(0, n);
        return Optional.of(new Part(rest, notBehindWord(rest) + Pattern.quote(rest) + "\\z"));
      }
    }
    return Optional.empty();
  }

  private static String notBehindWord(String value) {
    return value.length() < WORD_CHARS ? "(?<![\\p{L}\\p{N}])" : "";
  }

  private static String notInWord(String value) {
    return value.length() < WORD_CHARS ? "(?![\\p{L}\\p{N}])" : "";
  }
}
