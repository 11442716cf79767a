package dev.belay.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Set;

/**
 * The Secrets or ConfigMaps that Helm keeps its records in, as in helm v4.3.1 {@code
 * pkg/storage/driver}, secrets.go and cfgmaps.go. Helm 3 does the same.
 */
public final class HelmStorage {

  public static final String TYPE = "helm.sh/release.v1";

  /** Annotation of every object that Helm applies: its release. */
  public static final String RELEASE_ANNOTATION = "meta.helm.sh/release-name";

  /** The same: the namespace of that release. */
  public static final String NAMESPACE_ANNOTATION = "meta.helm.sh/release-namespace";

  /** By this annotation an object says that Helm is to keep it. */
  public static final String KEEP_ANNOTATION = "helm.sh/resource-policy";

  /** Begin of the name of every record. */
  public static final String NAME_PREFIX = "sh.helm.release.v1.";

  private static final String SECRET = "Secret";
  private static final String CONFIG_MAP = "ConfigMap";

  private static final Set<String> SYSTEM_LABELS =
      Set.of("name", "owner", "status", "version", "createdAt", "modifiedAt");

  private HelmStorage() {}

  /** Whether Helm deletes this object never, whatever it does with the release. */
  public static boolean isKept(KubeObject object) {
    return object.annotation(KEEP_ANNOTATION).equals("keep");
  }

  /** Whether this is a Secret or a ConfigMap with one of Helm's records. */
  public static boolean isRecord(KubeObject stored) {
    boolean ofItsKind =
        stored.kind().equals(SECRET)
            ? stored.text("", "type").equals(TYPE)
            : stored.kind().equals(CONFIG_MAP) && stored.name().startsWith(NAME_PREFIX);
    return ofItsKind && stored.group().isEmpty() && "helm".equals(stored.labels().get("owner"));
  }

  /** The name of the Secret or ConfigMap of this revision. */
  public static String nameOf(String release, int version) {
    return NAME_PREFIX + release + ".v" + version;
  }

  /**
   * Reads the record.
   *
   * @throws HelmRecordException when there is none, or it can't be read; or when it is of a release
   *     in another namespace, as what has Helm built in may keep it (Flux does, where {@code
   *     spec.targetNamespace} is not that of the HelmRelease). An object that its manifest names
   *     without a namespace is there, and not where the record is
   */
  public static HelmRecord read(KubeObject stored) throws HelmRecordException {
    JsonNode data = stored.at("data", "release");
    if (!data.isTextual()) {
      throw new HelmRecordException("the %s has no data.release".formatted(stored.kind()));
    }
    HelmRecord record =
        HelmRecordCodec.decode(
            stored.kind().equals(CONFIG_MAP) ? data.textValue() : ofSecret(data));
    if (!record.namespace().isEmpty()
        && !stored.namespace().isEmpty()
        && !record.namespace().equals(stored.namespace())) {
      throw new HelmRecordException(
          "it is kept in namespace %s, and its release is in namespace %s: only a record beside the release is read (with Flux, set spec.storageNamespace to spec.targetNamespace)"
              .formatted(stored.namespace(), record.namespace()));
    }
    return record;
  }

  /** What a Secret holds is base64 once more than what a ConfigMap holds. */
  private static String ofSecret(JsonNode data) throws HelmRecordException {
    if (data.textValue().length() > HelmRecordCodec.MAX_STORED_CHARS / 3 * 4 + 4) {
      throw new HelmRecordException("the Secret's data.release is too long");
    }
    try {
      return new String(Base64.getDecoder().decode(data.textValue()), StandardCharsets.ISO_8859_1);
    } catch (IllegalArgumentException e) {
      throw new HelmRecordException("the Secret's data.release is not base64");
    }
  }

  /**
   * The Secret or ConfigMap with this record in place of its own: everything else stays, also the
   * resource version, so that a write over somebody else's change is refused.
   */
  public static KubeObject updated(KubeObject stored, HelmRecord record, Instant now) {
    KubeObject copy = stored.copy();
    ObjectNode labels = copy.json().withObjectProperty("metadata").withObjectProperty("labels");
    labels.put("modifiedAt", Long.toString(now.getEpochSecond()));
    fill(copy.json(), labels, record);
    return copy;
  }

  /**
   * What holds this new record.
   *
   * @param kind {@code Secret} or {@code ConfigMap}, as the other records of the release
   * @param userLabels labels that {@code helm --labels} gave the release; Helm's own are ignored
   */
  public static KubeObject created(
      String kind, HelmRecord record, Map<String, String> userLabels, Instant now) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("apiVersion", "v1").put("kind", kind);
    if (kind.equals(SECRET)) {
      json.put("type", TYPE);
    }
    ObjectNode metadata = json.putObject("metadata");
    metadata.put("name", nameOf(record.name(), record.version()));
    metadata.put("namespace", record.namespace());
    ObjectNode labels = metadata.putObject("labels");
    userLabels.forEach(
        (name, value) -> {
          if (!SYSTEM_LABELS.contains(name)) {
            labels.put(name, value);
          }
        });
    labels.put("createdAt", Long.toString(now.getEpochSecond()));
    fill(json, labels, record);
    return new KubeObject(json);
  }

  private static void fill(ObjectNode stored, ObjectNode labels, HelmRecord record) {
    labels.put("name", record.name());
    labels.put("owner", "helm");
    labels.put("status", record.status().text());
    labels.put("version", Integer.toString(record.version()));
    String text = HelmRecordCodec.encode(record);
    if (stored.path("kind").asText().equals(SECRET)) {
      text = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));
    }
    stored.withObjectProperty("data").put("release", text);
  }
}
