package dev.belay.watcher;

import dev.belay.api.ReleaseStatus;
import dev.belay.api.Rollback;
import dev.belay.api.Rollback.Action;
import dev.belay.cluster.Objects;
import dev.belay.cluster.Revisions;
import dev.belay.manifest.KubeObject;
import dev.belay.revision.RevisionException;
import dev.belay.rollback.GrownClaims;
import dev.belay.rollback.OtherJobs;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** What a rollback has left as the failed change had made it, since there is no way back. */
@ApplicationScoped
class Kept {

  private final Objects objects;
  private final Revisions revisions;

  Kept(Objects objects, Revisions revisions) {
    this.objects = objects;
    this.revisions = revisions;
  }

  /** What is to be said of it; empty where all is as it was. */
  String words(ReleaseKey key, ReleaseStatus status, Rollback rollback) {
    boolean any =
        rollback.steps().stream()
            .filter(step -> step.action() == Action.Restore)
            .anyMatch(step -> isOne(step.kind()));
    return any ? String.join("; ", kept(key, status, rollback)) : "";
  }

  private List<String> kept(ReleaseKey key, ReleaseStatus status, Rollback rollback) {
    try {
      return revisions
          .read(key.namespace(), key.name(), status, rollback.toRevision())
          .map(revision -> revision.objects())
          .orElse(List.of())
          .stream()
          .filter(object -> isOne(object.kind()))
          .map(stable -> live(stable).flatMap(live -> kept(stable, live)))
          .flatMap(Optional::stream)
          .toList();
    } catch (RevisionException e) {
      return List.of(); // The rollback has said so.
    }
  }

  private static Optional<String> kept(KubeObject stable, KubeObject live) {
    return GrownClaims.kept(stable, live).or(() -> OtherJobs.kept(stable, live));
  }

  private Optional<KubeObject> live(KubeObject stable) {
    return objects.live(stable, stable.namespace());
  }

  private static boolean isOne(String kind) {
    return kind.equals("PersistentVolumeClaim") || kind.equals("Job");
  }
}
