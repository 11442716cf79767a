package dev.belay.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ManifestReader;
import dev.belay.manifest.ObjectDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One revision of a Helm release, as in helm v4.3.1 {@code pkg/release/v1/release.go}.
 *
 * <p>Reads answer an empty text, 0 or null where the record says nothing. The tree is shared, not
 * copied: {@link HelmHistory} makes changed copies.
 *
 * @param json the record
 */
public record HelmRecord(ObjectNode json) {

  public String name() {
    return json.path("name").asText("");
  }

  /** The namespace of the release, where its record is kept. */
  public String namespace() {
    return json.path("namespace").asText("");
  }

  /** The revision number; Helm counts from 1. */
  public int version() {
    return json.path("version").asInt(0);
  }

  public HelmStatus status() {
    return HelmStatus.of(info().path("status").asText(""));
  }

  /** What {@code helm history} shows in its last column. */
  public String description() {
    return info().path("description").asText("");
  }

  /** The rendered YAML of everything but hooks and CRDs, in the order of installation. */
  public String manifest() {
    return json.path("manifest").asText("");
  }

  /**
   * By what the same change is known when it is sent again: SHA-256 in hex of the manifest and of
   * the manifests of its hooks.
   */
  public String digest() {
    StringBuilder text = new StringBuilder(manifest());
    hooks().forEach(hook -> text.append("\n# hook\n").append(hook.manifest()));
    return ObjectDigest.of(text.toString());
  }

  public List<HelmHook> hooks() {
    List<HelmHook> hooks = new ArrayList<>();
    json.path("hooks").forEach(hook -> hooks.add(HelmHook.of(hook)));
    return hooks;
  }

  /** Whether Helm wrote the objects with server-side apply; without the field it did not. */
  public boolean serverSideApply() {
    return json.path("apply_method").asText("").equals("ssa");
  }

  /** Whether Helm 4 wrote the record, told by a field that Helm 3 does not know. */
  public boolean byHelm4() {
    return json.hasNonNull("apply_method");
  }

  /** The revision that this one went back to; 0 when it is no rollback. */
  public int rollbackRevision() {
    return info().path("rollback_revision").asInt(0);
  }

  public @Nullable Instant firstDeployed() {
    return HelmTime.read(info().path("first_deployed"));
  }

  public @Nullable Instant lastDeployed() {
    return HelmTime.read(info().path("last_deployed"));
  }

  /**
   * The objects of the manifest, as it names them: an object without a namespace has none here.
   *
   * @throws ManifestException when the manifest can't be read
   */
  public List<KubeObject> objects() throws ManifestException {
    return ManifestReader.read(manifest());
  }

  private JsonNode info() {
    return json.path("info");
  }
}
