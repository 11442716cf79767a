package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * For whom a dry run is asked: policies, webhooks and RBAC may look at who it is.
 *
 * @param username as in the API server's {@code userInfo}; empty for Belay itself
 * @param uid may be empty
 * @param groups all groups, those that the API server adds too
 * @param extra further attributes, by key
 */
public record Actor(
    String username, String uid, List<String> groups, Map<String, List<String>> extra) {

  /** By this extra attribute the webhook configuration tells Belay's own dry runs from others'. */
  public static final String DRY_RUN_EXTRA = "belay.dev/dry-run";

  /** Belay, by its own credentials. */
  public static final Actor BELAY = new Actor("", "", List.of(), Map.of());

  /** What may stand in a header's name besides letters and digits (RFC 7230, tchar, without %). */
  private static final String NAME_CHARS = "!#$&'*+-.^_`|~";

  public Actor {
    groups = List.copyOf(groups);
    extra = Map.copyOf(extra);
  }

  /** The user of a review's {@code request.userInfo}; Belay where it names none. */
  public static Actor of(JsonNode userInfo) {
    Map<String, List<String>> extra = new LinkedHashMap<>();
    userInfo
        .path("extra")
        .properties()
        .forEach(entry -> extra.put(entry.getKey(), texts(entry.getValue())));
    return new Actor(
        userInfo.path("username").asText(""),
        userInfo.path("uid").asText(""),
        texts(userInfo.path("groups")),
        extra);
  }

  /** A service account of the control plane, as its tokens are read by the API server. */
  public static Actor serviceAccount(String namespace, String name) {
    return new Actor(
        "system:serviceaccount:" + namespace + ":" + name,
        "",
        List.of(
            "system:serviceaccounts",
            "system:serviceaccounts:" + namespace,
            "system:authenticated"),
        Map.of());
  }

  /** Whether no one is impersonated. */
  public boolean isBelay() {
    return username.isEmpty();
  }

  /** One header of a request. */
  record Header(String name, String value) {}

  /**
   * The headers that say for whom a request is made, with the mark of a dry run; none for Belay.
   * Empty when a name has characters that a header can't carry.
   *
   * @see <a href="https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/">user
   *     impersonation</a>
   */
  Optional<List<Header>> impersonation() {
    List<Header> headers = new ArrayList<>();
    if (isBelay()) {
      return Optional.of(headers);
    }
    headers.add(new Header("Impersonate-User", username));
    if (!uid.isEmpty()) {
      headers.add(new Header("Impersonate-Uid", uid));
    }
    groups.forEach(group -> headers.add(new Header("Impersonate-Group", group)));
    extra.forEach((key, values) -> values.forEach(value -> headers.add(extra(key, value))));
    headers.add(extra(DRY_RUN_EXTRA, "true"));
    return headers.stream().allMatch(header -> printable(header.value()))
        ? Optional.of(headers)
        : Optional.empty();
  }

  private static Header extra(String key, String value) {
    return new Header("Impersonate-Extra-" + escaped(key), value);
  }

  /** Percent-encoded as client-go does (transport/round_trippers.go, headerKeyEscape). */
  private static String escaped(String key) {
    StringBuilder name = new StringBuilder();
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c < 128 && (Character.isLetterOrDigit(c) || NAME_CHARS.indexOf(c) >= 0)) {
        name.append(c);
      } else {
        name.append(String.format(Locale.ROOT, "%%%02x", b & 0xff));
      }
    }
    return name.toString();
  }

  private static boolean printable(String value) {
    return value.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(element -> texts.add(element.asText("")));
    return texts;
  }
}
