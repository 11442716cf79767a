package dev.belay.masking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.manifest.KubeObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The values in Secrets: each as it is, its lines, what stands behind a key in them ({@code
 * password=...}), the texts in JSON, and the password of a URL. A log shows a part rather than the
 * whole file.
 */
final class SecretValues {

  /** A line of a key or certificate has 64; anything below this could be an everyday word. */
  private static final int MIN_LINE_CHARS = 8;

  /** Of a longer value of several lines its lines are enough. */
  private static final int MAX_WHOLE_BYTES = 4 * 1024;

  /** What is kept of all values; a Secret has at most 1 MiB. */
  private static final int MAX_BYTES = 4 * 1024 * 1024;

  /** Fewer different bytes are a ruler or a margin, in a line or in a part of a long value. */
  private static final int MIN_DISTINCT = 4;

  private static final Set<String> COMMONPLACE =
      Set.of("true", "false", "null", "none", "https", "http", "default");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<byte[]> parts = new ArrayList<>();
  private final Set<String> encodedBefore = new HashSet<>();
  private int bytes;
  private boolean tooMany;

  /** Whether some values were left out, since they are more than there is room for. */
  boolean tooMany() {
    return tooMany;
  }

  SecretIndex index() {
    return SecretIndex.of(parts);
  }

  /** Adds the values of this Secret. */
  void add(KubeObject secret) {
    if (secret.text("", "type").equals("helm.sh/release.v1")) {
      return; // A manifest, not values; nothing prints it.
    }
    scalars(secret.at("data")).forEach(encoded -> encoded(encoded.asText()));
    for (JsonNode plain : scalars(secret.at("stringData"))) {
      String text = plain.asText();
      text(text);
      int exponent = text.indexOf('E');
      if (plain.isFloatingPointNumber() && exponent > 0 && !text.contains("E-")) {
        // As Go prints it.
        String digits = text.substring(exponent + (text.contains("E+") ? 2 : 1));
        add(text.substring(0, exponent) + "e+" + digits);
      }
    }
  }

  /**
   * What stands in it, however deep: a map or a list in place of a value is refused by the API
   * server, in words that say all of it.
   */
  private static List<JsonNode> scalars(JsonNode data) {
    List<JsonNode> scalars = new ArrayList<>();
    // Without recursion: what is refused may be nested deeper than the stack is.
    Deque<JsonNode> left = new ArrayDeque<>(List.of(data));
    while (!left.isEmpty()) {
      JsonNode node = left.pop();
      if (node.isContainerNode()) {
        node.forEach(left::push);
      } else {
        scalars.add(node);
      }
    }
    return scalars;
  }

  private void encoded(String encoded) {
    if (!encodedBefore.add(encoded)) {
      return;
    }
    if (encoded.length() <= SecretIndex.MAX_PART_BYTES) {
      add(encoded); // Perhaps somebody has forgotten to encode it.
    }
    byte[] value;
    try {
      value = Base64.getMimeDecoder().decode(encoded);
    } catch (IllegalArgumentException e) {
      text(encoded);
      return;
    }
    try {
      text(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
    } catch (CharacterCodingException e) {
      whole(value);
      if (value.length <= MAX_WHOLE_BYTES) {
        text(new String(value, StandardCharsets.UTF_8)); // As a log shows it.
      }
    }
  }

  private void text(String text) {
    lines(text);
    String stripped = text.strip();
    if (stripped.startsWith("{") || stripped.startsWith("[")) {
      try {
        leaves(JSON.readTree(stripped));
      } catch (JsonProcessingException e) {
        return; // It only looked like JSON; its lines are masked.
      }
    }
  }

  private void leaves(JsonNode node) {
    if (node.isTextual()) {
      lines(node.textValue());
    }
    node.forEach(this::leaves);
  }

  private void lines(String text) {
    List<String> lines = text.strip().lines().toList();
    if (lines.size() <= 1 || text.length() <= MAX_WHOLE_BYTES) {
      add(text);
    }
    for (String line : lines) {
      String stripped = line.strip();
      if (lines.size() > 1 && stripped.length() >= MIN_LINE_CHARS && !isEveryday(stripped)) {
        add(stripped);
      }
      add(assigned(stripped));
    }
    UrlPasswords.find(text, (from, to) -> add(text.substring(from, to)));
  }

  /** The first and last line of a key, and lines that only divide. */
  private static boolean isEveryday(String line) {
    return (line.startsWith("-----") && line.endsWith("-----"))
        || line.chars().distinct().limit(MIN_DISTINCT).count() < MIN_DISTINCT;
  }

  /** The value in {@code export KEY="value"} or {@code key: value}; empty where there is none. */
  private static String assigned(String line) {
    int at = line.startsWith("export ") ? blanks(line, "export ".length()) : 0;
    int key = quote(line, at);
    int end = key;
    while (end < line.length() && isOfKey(line.charAt(end))) {
      end++;
    }
    at = blanks(line, quote(line, end));
    if (end == key || at == line.length() || (line.charAt(at) != '=' && line.charAt(at) != ':')) {
      return "";
    }
    int from = quote(line, blanks(line, at + 1));
    int to = line.length();
    if (to > from && (line.charAt(to - 1) == ',' || line.charAt(to - 1) == ';')) {
      to--;
    }
    if (to > from && isQuote(line.charAt(to - 1))) {
      to--;
    }
    return line.substring(from, to);
  }

  private static boolean isOfKey(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '-';
  }

  private static int blanks(String line, int from) {
    int at = from;
    while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
      at++;
    }
    return at;
  }

  private static int quote(String line, int at) {
    return at < line.length() && isQuote(line.charAt(at)) ? at + 1 : at;
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '\'';
  }

  private void add(String value) {
    String stripped = value.strip();
    if (stripped.length() >= SecretIndex.MIN_CHARS
        && !COMMONPLACE.contains(stripped.toLowerCase(Locale.ROOT))) {
      whole(stripped.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Adds the value, or its parts where it is long, of which the last one is as long as all. */
  private void whole(byte[] value) {
    if (value.length < SecretIndex.MIN_CHARS) {
      return;
    }
    if (value.length <= SecretIndex.MAX_PART_BYTES) {
      part(value);
      return;
    }
    for (int from = 0; from < value.length; from += SecretIndex.MAX_PART_BYTES) {
      int start = Math.min(from, value.length - SecretIndex.MAX_PART_BYTES);
      byte[] part = Arrays.copyOfRange(value, start, start + SecretIndex.MAX_PART_BYTES);
      if (isTelling(part)) {
        part(part);
      }
    }
  }

  private static boolean isTelling(byte[] part) {
    boolean[] seen = new boolean[256];
    int distinct = 0;
    for (byte b : part) {
      distinct += seen[b & 0xff] ? 0 : 1;
      seen[b & 0xff] = true;
    }
    return distinct >= MIN_DISTINCT;
  }

  private void part(byte[] part) {
    if (bytes > MAX_BYTES - part.length) {
      tooMany = true;
      return;
    }
    bytes += part.length;
    parts.add(part);
  }
}
