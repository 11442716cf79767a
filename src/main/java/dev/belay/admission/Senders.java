package dev.belay.admission;

import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.Sent;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.LockHints;
import dev.belay.cluster.Releases;
import dev.belay.cluster.ServerClock;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Clients;
import dev.belay.membership.Marks;
import dev.belay.report.Bounded;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Puts down on the {@code Release} who sends a change: only a webhook is told that. Beside the
 * review, which waits for nothing; where it can't be put down, the report names nobody. The first
 * change of a release is sent before there is a {@code Release}: it is put down when that appears.
 */
@ApplicationScoped
class Senders {

  private static final Logger LOG = Logger.getLogger(Senders.class);

  /** Writes under way at once; more are not worth a report that is a name shorter. */
  private static final int AT_ONCE = 16;

  /** Senders that are remembered, not to be written down again. */
  private static final int REMEMBERED = 1_000;

  /** The watcher may be writing the same status. */
  private static final int ATTEMPTS = 5;

  /** For as long, an object may belong to the record that was sent before it. */
  private static final Duration OF_A_RECORD = Duration.ofMinutes(1);

  private static final Set<String> KEEP_RECORDS = Set.of("Helm", "Flux");

  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final int NAME_CHARS = 300;
  private static final int CLIENT_CHARS = 128;

  private final Releases releases;
  private final Naming naming;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore slots = new Semaphore(AT_ONCE);
  private final ServerClock clock;

  /** When each was put down last, the oldest first. */
  private final Map<String, Sent> known = new Newest();

  /** Who sent a change of what is no {@code Release} yet, the oldest first. */
  private final Map<String, Sent> early = new Newest();

  private static final class Newest extends LinkedHashMap<String, Sent> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Sent> eldest) {
      return size() > REMEMBERED;
    }
  }

  Senders(Releases releases, LockHints hints, Naming naming, ServerClock clock) {
    this.releases = releases;
    this.naming = naming;
    hints.onAppearance(this::appeared);
    this.clock = clock;
  }

  /** Notes the sender of a review that was let through, if it is a change and nobody has yet. */
  void note(Review review) {
    if (review.dryRun()) {
      return;
    }
    KubeObject object = review.object();
    boolean record = HelmStorage.isRecord(object);
    boolean ofHelm = !object.annotation(HelmStorage.RELEASE_ANNOTATION).isEmpty();
    String client = Clients.named(review.fieldManager());
    if (!record && ofHelm && KEEP_RECORDS.contains(client)) {
      return; // Helm's record has told.
    }
    // As it says itself: whether that is so is asked once it is about to be put down.
    Optional<String> said =
        record ? Optional.ofNullable(object.labels().get("name")) : Marks.release(object);
    Sent sent =
        new Sent(
            clock.now(),
            record ? HelmRecords.revision(object) : 0,
            Bounded.text(review.actor().username(), NAME_CHARS),
            Bounded.text(review.fieldManager(), CLIENT_CHARS));
    said.filter(name -> isNew(review.namespace() + "/" + name, sent))
        .filter(
            name -> !ofHelm || client.equals("kubectl") || !joins(review.namespace(), name, sent))
        .filter(name -> record || !Ratchet.harmless(review))
        .ifPresent(name -> put(review, name, record, sent));
  }

  /**
   * Whether it may be of what its sender has just sent a record of: what has Helm built in writes
   * as whatever it calls itself.
   */
  private boolean joins(String namespace, String name, Sent sent) {
    synchronized (known) {
      Sent before = known.get(namespace + "/" + name);
      return before != null
          && before.helmRevision() > 0
          && before.user().equals(sent.user())
          && before.at().plus(OF_A_RECORD).isAfter(sent.at());
    }
  }

  private boolean isNew(String release, Sent sent) {
    synchronized (known) {
      Sent before = known.get(release);
      boolean said =
          before != null
              && before.user().equals(sent.user())
              && before.helmRevision() == sent.helmRevision()
              && before.at().plus(Sent.REPEATED).isAfter(sent.at());
      return !said;
    }
  }

  private void put(Review review, String said, boolean record, Sent sent) {
    String namespace = review.namespace();
    synchronized (known) {
      known.remove(namespace + "/" + said);
      known.put(namespace + "/" + said, sent);
    }
    writeBeside(namespace, () -> record ? Optional.of(said) : naming.of(review), sent);
  }

  /** Writes down who sent the first change of a release that has just been made. */
  private void appeared(String namespace, String name) {
    Sent sent;
    synchronized (early) {
      sent = early.remove(namespace + "/" + name);
    }
    if (sent != null) {
      writeBeside(namespace, () -> Optional.of(name), sent);
    }
  }

  private void writeBeside(String namespace, Supplier<Optional<String>> release, Sent sent) {
    if (slots.tryAcquire()) {
      threads.execute(
          () -> {
            try {
              Optional<String> name = release.get();
              if (name.isPresent()) {
                write(namespace, name.get(), sent);
              }
            } catch (ClusterException e) {
              LOG.debugf("who sent a change in %s: %s", namespace, e.getMessage());
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            } finally {
              slots.release();
            }
          });
    }
  }

  private void write(String namespace, String name, Sent sent) throws InterruptedException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Release> release = found(namespace, name, sent);
      if (release.isEmpty()) {
        return;
      }
      ChangeSet change = release.get().status().changeSet();
      if (change != null && change.helmRevision() > sent.helmRevision()) {
        return; // It joins the change that Helm has begun.
      }
      try {
        releases.update(release.get(), release.get().status().withSent(sent));
        return;
      } catch (ClusterException e) {
        if (!e.conflict()) {
          throw e;
        }
        Thread.sleep(PAUSE);
      }
    }
  }

  /** The release; where there is none yet, the sender is kept until it appears. */
  private Optional<Release> found(String namespace, String name, Sent sent) {
    Optional<Release> release = releases.get(namespace, name);
    if (release.isPresent()) {
      return release;
    }
    synchronized (early) {
      early.remove(namespace + "/" + name);
      early.put(namespace + "/" + name, sent);
    }
    // It may have appeared between the two; it is not told of twice.
    Optional<Release> now = releases.get(namespace, name);
    if (now.isPresent()) {
      synchronized (early) {
        early.remove(namespace + "/" + name, sent);
      }
    }
    return now;
  }
}
