package dev.belay.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.manifest.KubeObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values in one Secret: each as it is, in base64, its lines, what stands behind a key in them
 * ({@code password=...}), the texts in JSON, and the password of a URL. A log shows a part rather
 * than the whole file.
 */
final class SecretValues {

  /** A line of a key or certificate has 64; anything below this could be an everyday word. */
  private static final int MIN_LINE_CHARS = 8;

  private static final Pattern ASSIGNED =
      Pattern.compile("^\\s*(?:export\\s+)?[\\w.-]+\\s*[=:]\\s*[\"']?(.+?)[\"']?\\s*$");
  private static final Pattern URL_PASSWORD = Pattern.compile("://[^/\\s:@]*:([^/\\s@]+)@");
  private static final Set<String> COMMONPLACE =
      Set.of("true", "false", "null", "none", "https", "http", "default");
  private static final ObjectMapper JSON = new ObjectMapper();

  private SecretValues() {}

  static void of(KubeObject secret, Set<String> values) {
    if (secret.text("", "type").equals("helm.sh/release.v1")) {
      return; // A manifest, not values; nothing prints it.
    }
    scalars(secret.at("data")).forEach(encoded -> encoded(values, encoded.asText()));
    for (JsonNode plain : scalars(secret.at("stringData"))) {
      String text = plain.asText();
      add(values, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
      parts(values, text);
      if (plain.isFloatingPointNumber()) {
        add(values, text.replaceFirst("E\\+?(?=\\d)", "e+")); // As Go prints it.
      }
    }
  }

  /**
   * What stands in it, however deep: a map or a list in place of a value is refused by the API
   * server, in words that say all of it.
   */
  private static List<JsonNode> scalars(JsonNode node) {
    return node.isContainerNode()
        ? node.valueStream().flatMap(child -> scalars(child).stream()).toList()
        : List.of(node);
  }

  private static void encoded(Set<String> values, String text) {
    add(values, text);
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(text);
      parts(values, new String(bytes, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      parts(values, text);
    }
  }

  private static void parts(Set<String> values, String text) {
    add(values, text);
    text.lines()
        .filter(line -> line.strip().length() >= MIN_LINE_CHARS)
        .forEach(l -> add(values, l));
    text.lines()
        .map(ASSIGNED::matcher)
        .filter(Matcher::matches)
        .forEach(assigned -> add(values, assigned.group(1)));
    URL_PASSWORD.matcher(text).results().forEach(url -> add(values, url.group(1)));
    if (text.stripLeading().startsWith("{")) {
      try {
        leaves(values, JSON.readTree(text));
      } catch (JsonProcessingException e) {
        return; // It only looked like JSON; its lines are masked.
      }
    }
  }

  private static void leaves(Set<String> values, JsonNode node) {
    if (node.isTextual()) {
      add(values, node.textValue());
    }
    node.forEach(child -> leaves(values, child));
  }

  private static void add(Set<String> values, String value) {
    String stripped = value.strip();
    if (stripped.length() >= Masking.MIN_CHARS && !COMMONPLACE.contains(stripped)) {
      values.add(stripped);
    }
  }
}
