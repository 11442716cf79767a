package dev.belay.preflight;

import dev.belay.cluster.DryRun;
import dev.belay.cluster.Objects;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Accepted;
import dev.belay.preflight.Outcome.Refused;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks about the objects that are no more in the manifest: Helm 4 fails when one of them can't be
 * deleted, which it tries last of all. Helm 3 goes on without a word (helm v4.3.1 and v3.22.0,
 * pkg/kube/client.go, update).
 */
@ApplicationScoped
class Removal {

  private final DryRun dryRun;
  private final Objects objects;

  Removal(DryRun dryRun, Objects objects) {
    this.dryRun = dryRun;
    this.objects = objects;
  }

  /** Whether each of them would be deleted. */
  List<Said> ask(Question question) {
    List<Said> asked = new ArrayList<>();
    for (KubeObject object : question.before().removed()) {
      Optional<KubeObject> live = objects.live(object, question.actor());
      if (live.isPresent() && !HelmStorage.isKept(live.get())) {
        asked.add(new Said(object.key().display(), "", delete(question, live.get())));
      }
    }
    return asked;
  }

  private Outcome delete(Question question, KubeObject live) {
    DryRun.Answer answer = dryRun.delete(live, question.actor());
    if (answer.response().ok() || answer.response().notFound()) {
      return Accepted.asItIs(live);
    }
    return question.judged(answer) instanceof Refused refused
        ? new Refused(
            "", "it is no more in the release, and can't be deleted: " + refused.message())
        : question.judged(answer);
  }
}
