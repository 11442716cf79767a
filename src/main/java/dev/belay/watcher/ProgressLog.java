package dev.belay.watcher;

import dev.belay.api.Progress;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.rollout.Decision;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Writes a line for each Pod or object of a change that has become ready. */
final class ProgressLog {

  private static final Logger LOG = Logger.getLogger(ProgressLog.class);

  private ProgressLog() {}

  static void told(ReleaseKey key, ReleaseStatus before, Decision.Wait wait) {
    Optional<Progress> newest = newest(wait.changeSet());
    if (newest.isPresent()
        && newest.get().moved().endsWith("became ready")
        && !newest.map(Progress::at).equals(newest(before.changeSet()).map(Progress::at))) {
      LOG.infof("release %s: %s; %s", key, newest.get().moved(), wait.message());
    }
  }

  private static Optional<Progress> newest(@Nullable ChangeSet change) {
    return change == null
        ? Optional.empty()
        : change.progress().stream()
            .filter(progress -> progress.at() != null)
            .max(Comparator.comparing(progress -> Objects.requireNonNull(progress.at())));
  }
}
