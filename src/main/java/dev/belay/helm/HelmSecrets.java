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
 * The Secrets that Helm keeps its records in, as in helm v4.3.1 {@code
 * pkg/storage/driver/secrets.go}.
 */
public final class HelmSecrets {

  public static final String TYPE = "helm.sh/release.v1";

  private static final Set<String> SYSTEM_LABELS =
      Set.of("name", "owner", "status", "version", "createdAt", "modifiedAt");

  private HelmSecrets() {}

  /** Whether this is a Secret with one of Helm's records. */
  public static boolean isRecord(KubeObject secret) {
    return secret.kind().equals("Secret")
        && secret.group().isEmpty()
        && secret.text("", "type").equals(TYPE)
        && "helm".equals(secret.labels().get("owner"));
  }

  /** The name of the Secret of this revision. */
  public static String nameOf(String release, int version) {
    return "sh.helm.release.v1." + release + ".v" + version;
  }

  /**
   * Reads the record in the Secret.
   *
   * @throws HelmRecordException when there is none, or it can't be read
   */
  public static HelmRecord read(KubeObject secret) throws HelmRecordException {
    JsonNode data = secret.at("data", "release");
    if (!data.isTextual()) {
      throw new HelmRecordException("the Secret has no data.release");
    }
    if (data.textValue().length() > HelmRecordCodec.MAX_STORED_CHARS / 3 * 4 + 4) {
      throw new HelmRecordException("the Secret's data.release is too long");
    }
    byte[] stored;
    try {
      stored = Base64.getDecoder().decode(data.textValue());
    } catch (IllegalArgumentException e) {
      throw new HelmRecordException("the Secret's data.release is not base64");
    }
    return HelmRecordCodec.decode(new String(stored, StandardCharsets.ISO_8859_1));
  }

  /**
   * The Secret with this record in place of its own: everything else stays, also the resource
   * version, so that a write over somebody else's change is refused.
   */
  public static KubeObject updated(KubeObject secret, HelmRecord record, Instant now) {
    KubeObject copy = secret.copy();
    ObjectNode labels = copy.json().withObjectProperty("metadata").withObjectProperty("labels");
    labels.put("modifiedAt", Long.toString(now.getEpochSecond()));
    fill(copy.json(), labels, record);
    return copy;
  }

  /**
   * A new Secret for this record.
   *
   * @param userLabels labels that {@code helm --labels} gave the release; Helm's own are ignored
   */
  public static KubeObject created(HelmRecord record, Map<String, String> userLabels, Instant now) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("apiVersion", "v1").put("kind", "Secret").put("type", TYPE);
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

  private static void fill(ObjectNode secret, ObjectNode labels, HelmRecord record) {
    labels.put("name", record.name());
    labels.put("owner", "helm");
    labels.put("status", record.status().text());
    labels.put("version", Integer.toString(record.version()));
    byte[] stored = HelmRecordCodec.encode(record).getBytes(StandardCharsets.ISO_8859_1);
    secret.withObjectProperty("data").put("release", Base64.getEncoder().encodeToString(stored));
  }
}
