package dev.belay.cluster;

import dev.belay.api.Names;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmSecrets;
import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Helm's release records, as its default driver stores them: one Secret a revision. */
@ApplicationScoped
public class HelmRecords {

  private static final String OF_HELM =
      "fieldSelector=type%3D" + HelmSecrets.TYPE + "&labelSelector=owner%3Dhelm";

  private final ApiServer api;
  private final Objects objects;

  public HelmRecords(ApiServer api, Objects objects) {
    this.api = api;
    this.objects = objects;
  }

  /** The releases of a namespace that have a record. */
  public List<String> releases(String namespace) {
    return metadata(namespace, OF_HELM).stream()
        .map(secret -> secret.labels().getOrDefault("name", ""))
        .filter(name -> !name.isEmpty())
        .distinct()
        .toList();
  }

  /** The records of one release without their content, oldest first. */
  public List<KubeObject> metadata(String namespace, ReleaseName release) {
    List<KubeObject> records =
        new ArrayList<>(metadata(namespace, OF_HELM + "%2Cname%3D" + release.name()));
    records.sort(Comparator.comparingInt(HelmRecords::revision));
    return records;
  }

  /** One record with its content; empty when it is gone. */
  public Optional<KubeObject> read(String namespace, String release, int revision) {
    return objects.get("v1", "Secret", namespace, HelmSecrets.nameOf(release, revision));
  }

  /** Helm's number of a record, from its label; 0 when it has none. */
  public static int revision(KubeObject secret) {
    String version = secret.labels().getOrDefault("version", "");
    return version.matches("[0-9]{1,9}") ? Integer.parseInt(version) : 0;
  }

  /** Writes a changed record over this one; a conflict when it has changed meanwhile. */
  public ApiResponse update(KubeObject secret, HelmRecord record, Instant now) {
    return objects.replace(HelmSecrets.updated(secret, record, now));
  }

  /** Adds a record, marked as written by this rollback. */
  public ApiResponse add(
      HelmRecord record, Map<String, String> userLabels, String rollbackId, Instant now) {
    KubeObject secret = HelmSecrets.created(record, userLabels, now);
    secret
        .json()
        .withObjectProperty("metadata")
        .withObjectProperty("annotations")
        .put(Names.ROLLBACK_ANNOTATION, rollbackId);
    return objects.create(secret);
  }

  /** A release's name, told apart from a selector. */
  public record ReleaseName(String name) {}

  private List<KubeObject> metadata(String namespace, String query) {
    List<KubeObject> secrets = new ArrayList<>();
    api.listMetadata("/api/v1/namespaces/" + namespace + "/secrets?" + query)
        .orThrow("listing Helm's records in " + namespace)
        .object()
        .list("items")
        .forEach(item -> secrets.add(KubeObject.of(item)));
    return secrets;
  }
}
