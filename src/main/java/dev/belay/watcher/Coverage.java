package dev.belay.watcher;

import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Objects;
import dev.belay.cluster.Reach;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.membership.Claim;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/**
 * Looks at what a record of Helm names, with Belay's rights and on behalf of whoever wrote the
 * record. What is not known to be the release's, or can't be read, is left out of everything that
 * Belay does for the release; nothing of it is told but that it is left out.
 */
@ApplicationScoped
class Coverage {

  private final Objects objects;
  private final Reach reach;
  private final ManyObjects many;

  /** What was not there, or could not be read. */
  private final Twice<Missing> missing = new Twice<>();

  private record Missing(ReleaseKey release, ObjectKey object) {}

  Coverage(Objects objects, Reach reach, ManyObjects many) {
    this.objects = objects;
    this.reach = reach;
    this.many = many;
  }

  /** What was seen of one object. */
  sealed interface Look {

    /** It is there, and is the release's. */
    record Covered(KubeObject live) implements Look {}

    /**
     * It is not there.
     *
     * @param which its key
     * @param certain whether that was said twice
     */
    record Absent(ObjectKey which, boolean certain) implements Look {}

    /**
     * It is left out.
     *
     * @param which its key
     * @param why with the object's name and the remedy
     * @param certain whether it is, or was said twice
     */
    record NotCovered(ObjectKey which, String why, boolean certain) implements Look {}

    /** The live object, where it is the release's. */
    default Optional<KubeObject> object() {
      return this instanceof Covered covered ? Optional.of(covered.live()) : Optional.empty();
    }
  }

  /** The claim of this release. */
  static Claim claim(ReleaseKey key) {
    return new Claim(key.namespace(), key.name());
  }

  /**
   * The live objects of these desired ones, in their order.
   *
   * @throws ClusterException when the API server can't be asked: it is asked again later
   */
  List<Look> looks(ReleaseKey key, List<KubeObject> named) {
    List<KubeObject> inReach =
        named.stream()
            .filter(one -> reach.covers(objects.key(one, key.namespace()).namespace()))
            .toList();
    ManyObjects.Read read = many.read(key, inReach);
    return AtOnce.map(named, one -> look(key, one, read));
  }

  /** The same of one. */
  Look look(ReleaseKey key, KubeObject named) {
    return look(key, named, objects::live);
  }

  private Look look(ReleaseKey key, KubeObject named, ManyObjects.Read read) {
    ObjectKey objectKey = objects.key(named, key.namespace());
    if (named.name().isEmpty()) {
      return leftOut(
          key, objectKey, "its name is made up by the API server, so which one it is is not known");
    }
    if (!reach.covers(objectKey.namespace())) {
      return leftOut(
          key,
          objectKey,
          "Belay may work in namespaces %s only; %s".formatted(reach.display(), wider(objectKey)));
    }
    Optional<KubeObject> live;
    try {
      live = read.live(named, objectKey.namespace());
    } catch (ClusterException e) {
      if (!e.forbidden()) {
        throw e;
      }
      return new Look.NotCovered(
          objectKey,
          "%s: Belay has no right to read it; %s".formatted(shown(key, objectKey), Rights.REMEDY),
          missing.said(new Missing(key, objectKey)));
    }
    if (live.isEmpty()) {
      return new Look.Absent(objectKey, missing.said(new Missing(key, objectKey)));
    }
    missing.unsaid(new Missing(key, objectKey));
    Claim claim = claim(key);
    return claim.covers(live.get())
        ? new Look.Covered(live.get())
        : leftOut(key, objectKey, notOurs(claim, live.get()));
  }

  private static Look leftOut(ReleaseKey key, ObjectKey object, String why) {
    return new Look.NotCovered(object, shown(key, object) + ": " + why, true);
  }

  private static String notOurs(Claim claim, KubeObject live) {
    String owner = claim.owner(live);
    return owner.isEmpty()
        ? "it is not marked as this release's; if it is, annotate it with %s, as Helm does"
            .formatted(claim.marks())
        : "Helm release %s has taken it over".formatted(owner);
  }

  private static String wider(ObjectKey object) {
    return object.namespace().isEmpty()
        ? "empty the chart's value rbac.namespaces to have what is of the cluster restored too"
        : "add %s to the chart's value rbac.namespaces".formatted(object.namespace());
  }

  private static String shown(ReleaseKey key, ObjectKey object) {
    return object.namespace().isEmpty() || object.namespace().equals(key.namespace())
        ? object.display()
        : object.display() + " in namespace " + object.namespace();
  }
}
