package dev.belay.watcher;

import dev.belay.api.Failure;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.Rollback;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.HelmRecords.ReleaseName;
import dev.belay.helm.HelmHistory;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmRecordException;
import dev.belay.helm.HelmStatus;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Flux;
import dev.belay.rollout.Observation;
import dev.belay.watcher.Observer.Unreadable;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes Helm's history say what happened: the failed revision is failed, with the cause; and where
 * it had already taken the good one's place, a new revision says {@code Rollback to K: cause}, as
 * Helm's own rollback would have written it.
 *
 * <p>Not where Flux keeps it. Its helm-controller knows each record by a digest, status and
 * description included: one that was changed or added is not its own any more, and it then forgets
 * its own history, its count of retries with it, and upgrades again (helm-controller,
 * internal/action/verify.go and internal/reconcile/state.go). A record that is left pending it
 * frees itself (internal/reconcile/unlock.go).
 */
@ApplicationScoped
class HelmHistoryRepair {

  private static final Logger LOG = Logger.getLogger(HelmHistoryRepair.class);
  private static final List<String> SYSTEM_LABELS =
      List.of("name", "owner", "status", "version", "createdAt", "modifiedAt");

  private final HelmRecords records;
  private final Observer observer;

  HelmHistoryRepair(HelmRecords records, Observer observer) {
    this.records = records;
    this.observer = observer;
  }

  /** Whether Flux made this revision: all its records stay as Flux left them then. */
  boolean isFluxs(ReleaseKey key, int helmRevision) throws Unreadable {
    return Flux.applies(observer.manifest(key, helmRevision));
  }

  /**
   * Repairs the history; repeating it is harmless.
   *
   * @return Helm's number of the newest revision afterwards
   */
  int repair(ReleaseKey key, Rollback rollback, Stable stable, String cause, Instant now)
      throws Unreadable {
    Observation.Helm newest = newest(history(key), rollback);
    boolean written = newest.rollbackId().equals(rollback.id());
    Optional<KubeObject> failed =
        records.read(key.namespace(), key.name(), rollback.helmRevision());
    boolean superseding = failed.isPresent() && status(failed.get()) == HelmStatus.DEPLOYED;
    int last = newest.revision();
    String description = "Rollback to %d: %s".formatted(stable.helmRevision(), cause);
    if (superseding
        && !written
        && add(key, rollback, stable.helmRevision(), last + 1, description, now)) {
      last++;
    }
    if (failed.isPresent()) {
      markFailed(failed.get(), cause, now);
    }
    return last;
  }

  /**
   * Adds the revision that went back to another one, as Helm's own rollback would have; repeating
   * it is harmless.
   *
   * @param to Helm's number of the revision that is live again
   * @param failure the change that had failed and was left; null when none had
   */
  void wentBack(ReleaseKey key, Rollback rollback, int to, @Nullable Failure failure, Instant now)
      throws Unreadable {
    List<KubeObject> history = history(key);
    Observation.Helm newest = newest(history, rollback);
    boolean written = newest.rollbackId().equals(rollback.id());
    int number = written ? newest.revision() : newest.revision() + 1;
    if (!written
        && !add(key, rollback, to, number, "Rollback to %d: asked for".formatted(to), now)) {
      return; // What is deployed by Helm's own account has to stay so: its next upgrade needs it.
    }
    for (KubeObject record : history) {
      int revision = HelmRecords.revision(record);
      if (revision != number && status(record) == HelmStatus.DEPLOYED) {
        Optional<KubeObject> stored = records.read(key.namespace(), key.name(), revision);
        if (stored.isPresent()) {
          HelmRecord was = observer.record(key, revision);
          HelmRecord ended =
              failure != null && failure.helmRevision() == revision
                  ? HelmHistory.failed(was, failure.message())
                  : HelmHistory.superseded(was);
          records
              .update(stored.get(), ended, now)
              .orThrow("marking Helm revision %d %s".formatted(revision, ended.status().text()));
        }
      }
    }
  }

  /** Helm's number of the newest revision, where the history is Flux's. */
  int untouched(ReleaseKey key, Rollback rollback) throws Unreadable {
    return newest(history(key), rollback).revision();
  }

  private List<KubeObject> history(ReleaseKey key) {
    return new ArrayList<>(records.metadata(key.namespace(), new ReleaseName(key.name())));
  }

  /** The newest record: the one of the change that was undone, or what this rollback has added. */
  private static Observation.Helm newest(List<KubeObject> history, Rollback rollback)
      throws Unreadable {
    if (Uninstall.isBegun(history)) {
      throw new Unreadable("Helm uninstalls the release");
    }
    Observation.Helm newest = Observer.helm(history.getLast(), "");
    if (!newest.rollbackId().equals(rollback.id())
        && newest.revision() != rollback.helmRevision()) {
      throw new Unreadable("Helm revision " + newest.revision() + " has come in between");
    }
    return newest;
  }

  /** Marks a revision failed whose client is gone: until then Helm refuses every other change. */
  void free(ReleaseKey key, int helmRevision, String cause, Instant now) throws Unreadable {
    Optional<KubeObject> record = records.read(key.namespace(), key.name(), helmRevision);
    if (record.isPresent() && status(record.get()).pending() && !isFluxs(key, helmRevision)) {
      markFailed(record.get(), cause, now);
    }
  }

  /**
   * What is to be said where Helm's history can't tell that the stable revision is back; empty
   * where it does. Helm needs no deployed revision for its next upgrade, but goes on from the
   * failed one.
   */
  String untold(ReleaseKey key, Rollback rollback) {
    List<KubeObject> history = history(key);
    boolean told =
        history.isEmpty()
            || HelmRecords.revision(history.getLast()) != rollback.helmRevision()
            || history.stream().anyMatch(record -> status(record) == HelmStatus.DEPLOYED);
    return told
        ? ""
        : "; Helm has pruned its record of the state that is live again, so that `helm history %s` ends with the failed revision: keep more than one (--history-max)"
            .formatted(key.name());
  }

  /** Helm's number of the record that describes the restored state. */
  int described(int newest, Rollback rollback, Stable stable) {
    return newest > rollback.helmRevision() ? newest : stable.helmRevision();
  }

  /** Whether the record could be added. */
  private boolean add(
      ReleaseKey key, Rollback rollback, int to, int number, String description, Instant now)
      throws Unreadable {
    Optional<KubeObject> source = records.read(key.namespace(), key.name(), to);
    if (source.isEmpty()) {
      LOG.warnf(
          "release %s: Helm has pruned its revision %d; its history can't say that it is back",
          key, to);
      return false;
    }
    HelmRecord target = observer.record(key, to);
    Map<String, String> labels = new HashMap<>(source.get().labels());
    SYSTEM_LABELS.forEach(labels::remove);
    HelmRecord back = HelmHistory.rollback(target, number, description, now);
    ApiResponse response =
        records.add(
            source.get().kind(), key.namespace(), key.name(), back, labels, rollback.id(), now);
    response.orThrow("adding Helm revision " + number + " of " + key);
    List<KubeObject> others = history(key);
    others.removeIf(record -> HelmRecords.revision(record) == number);
    if (Uninstall.isBegun(others)) {
      // Helm deletes the records that it has read before it began.
      records.delete(response.object());
      throw new Unreadable("Helm uninstalls the release");
    }
    return true;
  }

  private void markFailed(KubeObject secret, String cause, Instant now) throws Unreadable {
    if (status(secret).uninstall()) {
      return;
    }
    try {
      HelmRecord record = HelmStorage.read(secret);
      HelmRecord failed = HelmHistory.failed(record, cause);
      if (!failed.equals(record)) {
        records.update(secret, failed, now).orThrow("marking " + secret.name() + " failed");
      }
    } catch (HelmRecordException e) {
      throw new Unreadable(secret.name() + " can't be read: " + e.getMessage());
    }
  }

  private static HelmStatus status(KubeObject secret) {
    return HelmStatus.of(secret.labels().getOrDefault("status", ""));
  }
}
