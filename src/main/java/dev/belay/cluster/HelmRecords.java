package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.api.Names;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.text.Digits;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * Helm's release records, as two of its drivers store them: a Secret for each revision, which is
 * the default, or a ConfigMap. Where both have records of a release, somebody has changed the
 * driver, and the records made last are those that Helm goes on with.
 */
@ApplicationScoped
public class HelmRecords {

  private static final String OWNER = "labelSelector=owner%3Dhelm";

  /** How the records of each kind are asked for. */
  private static final Map<String, String> QUERIES =
      Map.of(
          "Secret", "secrets?fieldSelector=type%3D" + HelmStorage.TYPE + "&" + OWNER,
          "ConfigMap", "configmaps?" + OWNER);

  private static final Comparator<KubeObject> BY_REVISION =
      Comparator.comparingInt(HelmRecords::revision);

  private static final Comparator<KubeObject> BY_CREATION =
      Comparator.comparing(record -> record.text("", "metadata", "creationTimestamp"));

  private final ApiServer api;
  private final Reach reach;
  private final Objects objects;

  public HelmRecords(ApiServer api, Reach reach, Objects objects) {
    this.api = api;
    this.reach = reach;
    this.objects = objects;
  }

  /** The releases of a namespace that have a record. */
  public List<String> releases(String namespace) {
    return QUERIES.keySet().stream()
        .flatMap(kind -> metadata(namespace, kind, "").stream())
        .map(secret -> secret.labels().getOrDefault("name", ""))
        .filter(name -> !name.isEmpty())
        .distinct()
        .toList();
  }

  /**
   * The newest record of every release in reach without its content, by namespace and name of the
   * release. Not those that are superseded, which the newest one hardly ever is.
   */
  public Map<String, Map<String, KubeObject>> newest() {
    Map<String, Map<String, KubeObject>> newest = new HashMap<>();
    for (Map.Entry<String, String> query : QUERIES.entrySet()) {
      Map<String, Map<String, KubeObject>> ofDriver = new HashMap<>();
      reach.forEach(
          "v1",
          query.getKey(),
          query.getValue() + "%2Cstatus%21%3Dsuperseded",
          true,
          item -> add(ofDriver, KubeObject.of(item), BY_REVISION));
      ofDriver
          .values()
          .forEach(byName -> byName.values().forEach(record -> add(newest, record, BY_CREATION)));
    }
    return newest;
  }

  private static void add(
      Map<String, Map<String, KubeObject>> newest,
      KubeObject record,
      Comparator<KubeObject> order) {
    String name = record.labels().getOrDefault("name", "");
    if (!name.isEmpty() && record.name().startsWith(HelmStorage.NAME_PREFIX)) {
      newest
          .computeIfAbsent(record.namespace(), namespace -> new HashMap<>())
          .merge(name, record, BinaryOperator.maxBy(order));
    }
  }

  /** The records of one release without their content, oldest first. */
  public List<KubeObject> metadata(String namespace, ReleaseName release) {
    List<KubeObject> newest = List.of();
    String ofRelease = "%2Cname%3D" + release.name();
    for (List<KubeObject> records : ofDrivers(kind -> metadata(namespace, kind, ofRelease))) {
      records.sort(BY_REVISION);
      if (newest.isEmpty()
          || (!records.isEmpty() && BY_CREATION.compare(records.getLast(), newest.getLast()) > 0)) {
        newest = records;
      }
    }
    return newest;
  }

  /** One record with its content; empty when it is gone. */
  public Optional<KubeObject> read(String namespace, String release, int revision) {
    String name = HelmStorage.nameOf(release, revision);
    return ofDrivers(kind -> objects.get("v1", kind, namespace, name)).stream()
        .flatMap(Optional::stream)
        .max(BY_CREATION);
  }

  /** What is asked of both drivers, side by side. */
  private static <T> List<T> ofDrivers(Function<String, T> question) {
    return QUERIES.keySet().stream()
        .map(kind -> Asked.of(() -> question.apply(kind)))
        .toList()
        .stream()
        .map(Asked::answer)
        .toList();
  }

  /** Helm's number of a record, from its label; 0 when it has none. */
  public static int revision(KubeObject stored) {
    String version = stored.labels().getOrDefault("version", "");
    return Digits.read(version, Digits.MAX).orElse(0);
  }

  /** Writes a changed record over this one; a conflict when it has changed meanwhile. */
  public ApiResponse update(KubeObject stored, HelmRecord record, Instant now) {
    return objects.replace(HelmStorage.updated(stored, record, now));
  }

  /**
   * Adds a record, marked as written by this rollback. Where it goes is said by the release, never
   * by the record: whoever may write Secrets could have made one that names another namespace.
   *
   * @param kind {@code Secret} or {@code ConfigMap}, as the release's other records
   */
  public ApiResponse add(
      String kind,
      String namespace,
      String release,
      HelmRecord record,
      Map<String, String> userLabels,
      String rollbackId,
      Instant now) {
    KubeObject stored = HelmStorage.created(kind, record, userLabels, now);
    ObjectNode metadata = stored.json().withObjectProperty("metadata");
    metadata.put("namespace", namespace).put("name", HelmStorage.nameOf(release, record.version()));
    metadata.withObjectProperty("annotations").put(Names.ROLLBACK_ANNOTATION, rollbackId);
    return objects.create(stored);
  }

  /** Deletes a record that has just been added; harmless where it is gone or another one. */
  public void delete(KubeObject record) {
    objects.delete(record);
  }

  /** A release's name, told apart from a selector. */
  public record ReleaseName(String name) {}

  private List<KubeObject> metadata(String namespace, String kind, String labels) {
    List<KubeObject> records = new ArrayList<>();
    String path = "/api/v1/namespaces/" + namespace + "/" + QUERIES.get(kind) + labels;
    for (JsonNode item : api.list(kind, path, true)) {
      KubeObject record = KubeObject.of(item);
      if (record.name().startsWith(HelmStorage.NAME_PREFIX)) {
        records.add(record);
      }
    }
    return records;
  }
}
