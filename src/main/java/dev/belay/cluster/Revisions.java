package dev.belay.cluster;

import dev.belay.api.Names;
import dev.belay.manifest.KubeObject;
import dev.belay.revision.Retention;
import dev.belay.revision.Revision;
import dev.belay.revision.RevisionException;
import dev.belay.revision.RevisionSecrets;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Keeps verified revisions in the namespace of their release, {@value #KEPT} unless a policy says
 * otherwise.
 */
@ApplicationScoped
public class Revisions {

  /** As many as Helm keeps of its own records. */
  public static final int KEPT = 10;

  private final ApiServer api;
  private final Objects objects;

  public Revisions(ApiServer api, Objects objects) {
    this.api = api;
    this.objects = objects;
  }

  /** The numbers of the stored revisions, newest first. */
  public List<Integer> numbers(String namespace, String release) {
    return list(namespace, release, true).stream()
        .map(RevisionSecrets::number)
        .distinct()
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /**
   * Stores a revision. Repeating it is harmless: parts that are there already are kept as they are.
   */
  public void write(Revision revision) {
    for (KubeObject secret : RevisionSecrets.write(revision)) {
      ApiResponse response = objects.create(secret);
      if (!response.conflict()) {
        response.orThrow("storing revision " + revision.number() + " of " + revision.release());
      }
    }
  }

  /** One stored revision; empty when no part of it is there. */
  public Optional<Revision> read(String namespace, String release, int number)
      throws RevisionException {
    List<KubeObject> parts =
        select(
            namespace,
            "labelSelector=%s%%3D%s%%2C%s%%3D%d"
                .formatted(Names.RELEASE_LABEL, release, Names.REVISION_LABEL, number),
            false);
    return parts.isEmpty() ? Optional.empty() : Optional.of(RevisionSecrets.read(parts));
  }

  /** Deletes the revisions beyond this many, never the one given ({@link Retention}). */
  public void prune(String namespace, String release, int keep, int limit) {
    List<KubeObject> all = list(namespace, release, true);
    NavigableMap<Integer, Instant> stored = new TreeMap<>();
    for (KubeObject secret : all) {
      stored.put(
          RevisionSecrets.number(secret),
          Instant.parse(secret.text("", "metadata", "creationTimestamp")));
    }
    Set<Integer> gone = Retention.superfluous(stored, keep, limit);
    all.stream().filter(s -> gone.contains(RevisionSecrets.number(s))).forEach(this::delete);
  }

  /** Deletes everything that is stored of a release: the release itself is gone. */
  public void forget(String namespace, String release) {
    list(namespace, release, true).forEach(this::delete);
  }

  private void delete(KubeObject metadata) {
    metadata.json().put("apiVersion", "v1").put("kind", "Secret");
    ApiResponse response = objects.delete(metadata);
    if (!response.notFound() && !response.conflict()) {
      response.orThrow("deleting " + metadata.name());
    }
  }

  private List<KubeObject> list(String namespace, String release, boolean metadataOnly) {
    return select(
        namespace, "labelSelector=" + Names.RELEASE_LABEL + "%3D" + release, metadataOnly);
  }

  private List<KubeObject> select(String namespace, String selector, boolean metadataOnly) {
    String path =
        "/api/v1/namespaces/%s/secrets?fieldSelector=type%%3D%s&%s"
            .formatted(
                namespace,
                Names.REVISION_TYPE.replace("/", "%2F"),
                selector.replace("dev/", "dev%2F"));
    ApiResponse response = metadataOnly ? api.listMetadata(path) : api.get(path);
    List<KubeObject> secrets = new ArrayList<>();
    response
        .orThrow("listing revisions in " + namespace)
        .object()
        .list("items")
        .forEach(item -> secrets.add(KubeObject.of(item)));
    return secrets;
  }
}
