package dev.belay.admission;

import dev.belay.api.Reason;
import dev.belay.api.Refusal;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Deadline;
import dev.belay.cluster.EventWriter;
import dev.belay.cluster.Releases;
import dev.belay.cluster.ServerClock;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Clients;
import dev.belay.report.Bounded;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Puts down on the {@code Release} what was refused, before the client hears of it; where there is
 * no time to wait for that, a moment after it.
 */
@ApplicationScoped
class Refusals {

  private static final Logger LOG = Logger.getLogger(Refusals.class);

  /** The watcher may be writing the same status. */
  private static final int ATTEMPTS = 5;

  /** A controller that repeats itself every few seconds is not written down every time. */
  private static final Duration REPEATED = Duration.ofMinutes(1);

  /** Refusals that are put down at once; of more than that, some are told to the client only. */
  private static final int AT_ONCE = 64;

  private static final int MESSAGE_CHARS = 1_500;
  private static final int NAME_CHARS = 300;
  private static final int CLIENT_CHARS = 128;

  private final Releases releases;
  private final EventWriter events;
  private final Belonging belonging;
  private final Semaphore slots = new Semaphore(AT_ONCE);
  private final ServerClock clock;

  Refusals(Releases releases, EventWriter events, Belonging belonging, ServerClock clock) {
    this.releases = releases;
    this.events = events;
    this.belonging = belonging;
    this.clock = clock;
  }

  /**
   * Records this refusal, if it is worth it; one that can't be recorded is a refusal all the same.
   *
   * @param deadline of the answer, which has to wait for it
   */
  void record(Review review, Answer answer, boolean enforced, Deadline deadline) {
    if (answer.allowed() || !answer.recorded() || review.dryRun()) {
      return;
    }
    KubeObject object = review.object();
    boolean helms = HelmStorage.isRecord(object);
    Optional<String> name =
        helms
            ? Optional.ofNullable(object.labels().get("name"))
            : belonging.of(review, deadline.left().dividedBy(2));
    Refusal refusal =
        new Refusal(
            clock.now(),
            Bounded.text(
                helms
                    ? "Helm revision " + object.labels().getOrDefault("version", "?")
                    : object.key().display(),
                NAME_CHARS),
            Bounded.text(enforced ? answer.message() : answer.problems(), MESSAGE_CHARS),
            Bounded.text(review.actor().username(), NAME_CHARS),
            Bounded.text(review.fieldManager(), CLIENT_CHARS),
            enforced);
    LOG.infof(
        "%s in namespace %s: %s",
        enforced ? "refused" : "would refuse", review.namespace(), refusal.message());
    name.ifPresent(
        release -> InTime.begin(deadline.left(), () -> inTurn(review, release, refusal, deadline)));
  }

  private void inTurn(Review review, String name, Refusal refusal, Deadline deadline) {
    try {
      if (slots.tryAcquire(deadline.left().toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          record(review, name, refusal);
        } finally {
          slots.release();
        }
      } else {
        unsaid(review, name, AT_ONCE + " others are being put down");
      }
    } catch (ClusterException e) {
      unsaid(review, name, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void unsaid(Review review, String name, String why) {
    LOG.warnf(
        "the refusal could not be put down on Release %s/%s: %s", review.namespace(), name, why);
  }

  private void record(Review review, String name, Refusal refusal) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        // One that has just been made is written by others too: who sent its first change is put
        // down.
        Optional<Release> release = release(review, name);
        if (release.isEmpty() || saidJustNow(release.get(), refusal)) {
          return;
        }
        ReleaseStatus status = begun(release.get().status(), review).withRefusal(refusal);
        Release saved = releases.update(release.get(), status);
        events.write(
            saved,
            refusal.enforced() ? Reason.Refused : Reason.WouldRefuse,
            refusal.message(),
            refusal.at());
        return;
      } catch (ClusterException e) {
        if (!e.conflict()) {
          throw e;
        }
      }
    }
    LOG.warnf("Release %s/%s is written to all the time", review.namespace(), name);
  }

  /** What Helm installs for the first time is no release before it is installed. */
  private Optional<Release> release(Review review, String name) {
    Optional<Release> known = releases.get(review.namespace(), name);
    return known.isPresent() || isOfHelm(review)
        ? known
        : Optional.of(releases.create(review.namespace(), name));
  }

  /** Of one that nobody has followed yet, with the client that this review is of. */
  private static ReleaseStatus begun(ReleaseStatus status, Review review) {
    return isOfHelm(review) || status.known()
        ? status
        : status.withClient(Clients.named(review.fieldManager()));
  }

  private static boolean isOfHelm(Review review) {
    return HelmStorage.isRecord(review.object())
        || review.object().annotations().containsKey(HelmStorage.RELEASE_ANNOTATION);
  }

  private static boolean saidJustNow(Release release, Refusal refusal) {
    // What was refused before the last verdict has had its consequences: this is another change.
    Instant verdict = release.status().lastVerdict();
    return release.status().refusals().stream()
        .filter(refusal::repeats)
        .filter(said -> said.at().isAfter(verdict))
        .anyMatch(said -> said.at().plus(REPEATED).isAfter(refusal.at()));
  }
}
