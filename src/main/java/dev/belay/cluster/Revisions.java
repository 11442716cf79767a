package dev.belay.cluster;

import dev.belay.api.Names;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stored;
import dev.belay.manifest.KubeObject;
import dev.belay.revision.Revision;
import dev.belay.revision.RevisionException;
import dev.belay.revision.RevisionSecrets;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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
   * Stores a revision that no {@code Release} lists yet. What is there under its number was left by
   * a watcher that died before it could list it, or is somebody else's; either way it goes.
   *
   * @return the digest by which it is known from now on
   */
  public String write(Revision revision) {
    list(revision.namespace(), revision.release(), true).stream()
        .filter(secret -> RevisionSecrets.number(secret) == revision.number())
        .forEach(this::delete);
    List<KubeObject> secrets = RevisionSecrets.write(revision);
    for (KubeObject secret : secrets) {
      ApiResponse response = objects.create(secret);
      if (response.conflict()) {
        objects.live(secret, secret.namespace()).ifPresent(this::delete);
        response = objects.create(secret);
      }
      response.orThrow("storing revision " + revision.number() + " of " + revision.release());
    }
    return RevisionSecrets.toldDigest(secrets.getFirst());
  }

  /**
   * One stored revision; empty when no part of it is there.
   *
   * @param status of its release, which alone says what Belay has stored: whoever may write Secrets
   *     could have made these
   */
  public Optional<Revision> read(String namespace, String release, ReleaseStatus status, int number)
      throws RevisionException {
    List<KubeObject> parts = parts(namespace, release, number);
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> digest = status.storedDigest(number);
    if (digest.isEmpty()) {
      throw new RevisionException(
          "Secret %s is none that Belay has stored: status.history of the Release does not list revision %d"
              .formatted(parts.getFirst().name(), number));
    }
    return Optional.of(RevisionSecrets.read(parts, digest.get()));
  }

  /** What the Secrets of this revision say of their digest themselves, which proves nothing. */
  public Optional<String> toldDigest(String namespace, String release, int number) {
    return parts(namespace, release, number).stream().findFirst().map(RevisionSecrets::toldDigest);
  }

  /** Deletes the revisions that are not listed; none where nothing is. */
  public void prune(String namespace, String release, List<Stored> listed) {
    if (listed.isEmpty()) {
      // A CRD that is older than the list does not keep it: that is no reason to lose what is
      // there.
      return;
    }
    Set<Integer> kept = listed.stream().map(Stored::revision).collect(Collectors.toSet());
    list(namespace, release, true).stream()
        .filter(secret -> !kept.contains(RevisionSecrets.number(secret)))
        .forEach(this::delete);
  }

  /** Deletes everything that is stored of a release: the release itself is gone. */
  public void forget(String namespace, String release) {
    list(namespace, release, true).forEach(this::delete);
  }

  private List<KubeObject> parts(String namespace, String release, int number) {
    return select(
        namespace,
        "labelSelector=%s%%3D%s%%2C%s%%3D%d"
            .formatted(Names.RELEASE_LABEL, release, Names.REVISION_LABEL, number),
        false);
  }

  private void delete(KubeObject metadata) {
    metadata.json().put("apiVersion", "v1").put("kind", "Secret");
    ApiResponse response = objects.delete(metadata);
    if (!response.isGone(metadata.name()) && !response.conflict()) {
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
    return api.list("Secret", path, metadataOnly).stream().map(KubeObject::of).toList();
  }
}
