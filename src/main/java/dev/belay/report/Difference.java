package dev.belay.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What differs between two states of one object, field by field.
 *
 * <p>Left out: {@link ServerOwned} fields. Masked: the values of a Secret, of environment variables
 * and ConfigMap keys whose name smells of a secret, passwords in URLs and options; that such a
 * value changed is told. An object or list element that exists on one side only is one change.
 */
public final class Difference {

  public static final int MAX_VALUE_CHARS = 200;

  /**
   * Told entry by entry even when new as a whole: what is left out or masked depends on the key.
   */
  private static final Set<String> ENTRY_BY_ENTRY =
      Set.of("metadata", "metadata.annotations", "metadata.labels", "data", "stringData");

  private final ObjectKey key;
  private final int limit;
  private final boolean isSecret;
  private final boolean isConfigMap;
  private final List<FieldChange> changes = new ArrayList<>();

  private Difference(ObjectKey key, int limit) {
    this.key = key;
    this.limit = limit;
    this.isSecret = key.groupKind().equals("Secret");
    this.isConfigMap = key.groupKind().equals("ConfigMap");
  }

  /**
   * The changes from the stable to the failed state, in the order of the stable object's fields.
   *
   * @param stable null when the object did not exist
   * @param failed null when the object was deleted
   * @param limit at most so many changes are told; ask for one more to know whether there are more
   */
  public static List<FieldChange> between(
      ObjectKey key, @Nullable KubeObject stable, @Nullable KubeObject failed, int limit) {
    if (limit < 1 || (stable == null && failed == null)) {
      return List.of();
    }
    if (stable == null) {
      return List.of(new FieldChange(key, "object", Shown.ABSENT, "created"));
    }
    if (failed == null) {
      return List.of(new FieldChange(key, "object", "(present)", "deleted"));
    }
    Difference difference = new Difference(key, limit);
    difference.objects("", stable.json(), failed.json(), false);
    return List.copyOf(difference.changes);
  }

  private void compare(String field, JsonNode before, JsonNode after, boolean secret) {
    boolean same = before.equals(after) || (isAbsent(before) && isAbsent(after));
    if (same || changes.size() >= limit || ServerOwned.contains(field)) {
      return;
    }
    boolean entries = ENTRY_BY_ENTRY.contains(field) && (isAbsent(before) || isAbsent(after));
    if (entries || (before.isObject() && after.isObject())) {
      objects(field, before, after, secret);
    } else if (before.isArray() && after.isArray() && hasObjects(before) && hasObjects(after)) {
      lists(field, before, after, secret);
    } else {
      Shown shown = Shown.of(before, after, secret, MAX_VALUE_CHARS);
      changes.add(new FieldChange(key, field, shown.before(), shown.after()));
    }
  }

  private void objects(String field, JsonNode before, JsonNode after, boolean secret) {
    Set<String> names = new LinkedHashSet<>();
    before.fieldNames().forEachRemaining(names::add);
    after.fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      boolean hidden =
          secret
              || isSecretField(before, name)
              || isSecretField(after, name)
              || isSecretData(field, name);
      compare(path(field, name), before.path(name), after.path(name), hidden);
    }
  }

  private void lists(String field, JsonNode before, JsonNode after, boolean secret) {
    Map<String, JsonNode> left = ListKeys.index(before, after);
    Map<String, JsonNode> right = ListKeys.index(after, before);
    int told = changes.size();
    Set<String> labels = new LinkedHashSet<>(left.keySet());
    labels.addAll(right.keySet());
    for (String label : labels) {
      JsonNode none = MissingNode.getInstance();
      compare(
          field + "[" + label + "]",
          left.getOrDefault(label, none),
          right.getOrDefault(label, none),
          secret);
    }
    String order = "in the order " + String.join(", ", left.keySet());
    String newOrder = "in the order " + String.join(", ", right.keySet());
    if (changes.size() == told && told < limit && !order.equals(newOrder)) {
      changes.add(
          new FieldChange(
              key,
              field,
              Bounded.text(order, MAX_VALUE_CHARS),
              Bounded.text(newOrder, MAX_VALUE_CHARS)));
    }
  }

  private boolean isSecretData(String parent, String name) {
    boolean topLevel = parent.isEmpty() && (name.equals("data") || name.equals("stringData"));
    return (isSecret && topLevel)
        || (isConfigMap && parent.equals("data") && SecretNames.smells(name));
  }

  /**
   * The {@code value} beside a {@code name} that smells of a secret, as environment variables have.
   */
  static boolean isSecretField(JsonNode parent, String field) {
    return field.equals("value") && SecretNames.smells(parent.path("name").asText());
  }

  static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private static boolean hasObjects(JsonNode list) {
    return !list.isEmpty() && list.get(0).isObject();
  }

  private static String path(String parent, String name) {
    if (name.contains(".") || name.contains("/")) {
      return parent + "[" + name + "]";
    }
    return parent.isEmpty() ? name : parent + "." + name;
  }
}
