package dev.belay.watcher;

import dev.belay.api.ReleaseStatus;
import dev.belay.api.Rollback;
import dev.belay.api.Rollback.Action;
import dev.belay.api.Rollback.Step;
import dev.belay.cluster.Objects;
import dev.belay.cluster.Revisions;
import dev.belay.manifest.KubeObject;
import dev.belay.revision.RevisionException;
import dev.belay.rollback.GrownClaims;
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
    boolean claims =
        rollback.steps().stream().filter(Kept::restores).anyMatch(step -> isClaim(step.kind()));
    return claims ? String.join("; ", claims(key, status, rollback)) : "";
  }

  private List<String> claims(ReleaseKey key, ReleaseStatus status, Rollback rollback) {
    try {
      return revisions
          .read(key.namespace(), key.name(), status, rollback.toRevision())
          .map(revision -> revision.objects())
          .orElse(List.of())
          .stream()
          .filter(object -> isClaim(object.kind()))
          .map(stable -> live(stable).flatMap(live -> GrownClaims.kept(stable, live)))
          .flatMap(Optional::stream)
          .toList();
    } catch (RevisionException e) {
      return List.of(); // The rollback has said so.
    }
  }

  private Optional<KubeObject> live(KubeObject stable) {
    return objects.live(stable, stable.namespace());
  }

  private static boolean restores(Step step) {
    return step.action() == Action.Restore;
  }

  private static boolean isClaim(String kind) {
    return kind.equals("PersistentVolumeClaim");
  }
}
