package dev.belay.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.masking.Masking;
import dev.belay.masking.SecretNames;
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
 * value changed is told. An object or list element that exists on one side only is one change, as
 * is what differs deeper than {@value #MAX_DEPTH} fields.
 *
 * <p>Time grows with the two states, whatever is in them.
 */
public final class Difference {

  public static final int MAX_VALUE_CHARS = 200;

  static final int MAX_FIELD_CHARS = 500;
  static final int MAX_DEPTH = 50;

  /**
   * Told entry by entry even when new as a whole: what is left out or masked depends on the key.
   */
  private static final Set<String> ENTRY_BY_ENTRY =
      Set.of("metadata", "metadata.annotations", "metadata.labels", "data", "stringData");

  private final ObjectKey key;
  private final Masking secrets;
  private final int limit;
  private final boolean isSecret;
  private final boolean isConfigMap;
  private final List<FieldChange> changes = new ArrayList<>();

  private Difference(ObjectKey key, Masking secrets, int limit) {
    this.key = key;
    this.secrets = secrets;
    this.limit = limit;
    this.isSecret = key.groupKind().equals("Secret");
    this.isConfigMap = key.groupKind().equals("ConfigMap");
  }

  /**
   * The changes from the stable to the failed state, in the order of the stable object's fields.
   *
   * @param stable null when the object did not exist
   * @param failed null when the object was deleted
   * @param secrets what is masked in the values
   * @param limit at most so many changes are told; ask for one more to know whether there are more
   */
  public static List<FieldChange> between(
      ObjectKey key,
      @Nullable KubeObject stable,
      @Nullable KubeObject failed,
      Masking secrets,
      int limit) {
    if (limit < 1 || (stable == null && failed == null)) {
      return List.of();
    }
    if (stable == null) {
      return List.of(new FieldChange(key, "object", Shown.ABSENT, "created"));
    }
    if (failed == null) {
      return List.of(new FieldChange(key, "object", "(present)", "deleted"));
    }
    Difference difference = new Difference(key, secrets, limit);
    difference.objects(Path.ROOT, stable.json(), failed.json(), false);
    return List.copyOf(difference.changes);
  }

  /** Equal parts are walked too: to compare them whole, at each depth, would be quadratic. */
  private void compare(Path field, JsonNode before, JsonNode after, boolean secret) {
    if ((isAbsent(before) && isAbsent(after))
        || changes.size() >= limit
        || ServerOwned.contains(field)) {
      return;
    }
    boolean deeper = field.depth() < MAX_DEPTH;
    boolean entries = field.isOneOf(ENTRY_BY_ENTRY) && (isAbsent(before) || isAbsent(after));
    if (entries || (deeper && before.isObject() && after.isObject())) {
      objects(field, before, after, secret);
    } else if (deeper
        && before.isArray()
        && after.isArray()
        && hasObjects(before)
        && hasObjects(after)) {
      lists(field, before, after, secret);
    } else if (!before.equals(after)) {
      Shown shown = Shown.of(before, after, secret, secrets, MAX_VALUE_CHARS);
      changes.add(new FieldChange(key, field.text(MAX_FIELD_CHARS), shown.before(), shown.after()));
    }
  }

  private void objects(Path field, JsonNode before, JsonNode after, boolean secret) {
    Set<String> names = new LinkedHashSet<>();
    before.fieldNames().forEachRemaining(names::add);
    after.fieldNames().forEachRemaining(names::add);
    boolean data = isData(field);
    for (String name : names) {
      boolean hidden =
          secret
              || isSecretField(before, name)
              || isSecretField(after, name)
              || isSecretData(field, data, name);
      compare(field.field(name), before.path(name), after.path(name), hidden);
    }
  }

  private void lists(Path field, JsonNode before, JsonNode after, boolean secret) {
    Map<String, JsonNode> left = ListKeys.index(before, after);
    Map<String, JsonNode> right = ListKeys.index(after, before);
    int told = changes.size();
    Set<String> labels = new LinkedHashSet<>(left.keySet());
    labels.addAll(right.keySet());
    for (String label : labels) {
      JsonNode none = MissingNode.getInstance();
      compare(
          field.element(label),
          left.getOrDefault(label, none),
          right.getOrDefault(label, none),
          secret);
    }
    if (changes.size() == told
        && told < limit
        && !List.copyOf(left.keySet()).equals(List.copyOf(right.keySet()))) {
      changes.add(new FieldChange(key, field.text(MAX_FIELD_CHARS), order(left), order(right)));
    }
  }

  private static String order(Map<String, JsonNode> elements) {
    return Bounded.text("in the order " + String.join(", ", elements.keySet()), MAX_VALUE_CHARS);
  }

  private boolean isData(Path field) {
    return isConfigMap && field.isOneOf(Set.of("data"));
  }

  private boolean isSecretData(Path parent, boolean ofConfigMap, String name) {
    boolean topLevel = parent.depth() == 0 && (name.equals("data") || name.equals("stringData"));
    return (isSecret && topLevel) || (ofConfigMap && SecretNames.smells(name));
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
}
