package dev.belay.watcher;

import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Hints;
import dev.belay.cluster.Namespaces;
import dev.belay.watcher.Observer.Unreadable;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs passes: lists find the releases that are not at rest, watches hint at those that have
 * changed, and each unsettled release is visited again in its own time.
 */
@ApplicationScoped
public class Watcher {

  private static final Logger LOG = Logger.getLogger(Watcher.class);

  /** No change of Helm is missed for longer than this, whatever the watches do. */
  static final Duration RESYNC = Duration.ofSeconds(15);

  /** The same for other clients, whose objects have to be read to know. */
  static final Duration RESYNC_MEMBERS = Duration.ofMinutes(1);

  /** How often even what is at rest gets a pass, whatever the lists say. */
  static final Duration RESYNC_ALL = Duration.ofMinutes(30);

  /** Hints at one namespace are gathered for this long. */
  private static final Duration GATHERED = Duration.ofMillis(500);

  /** The same for Pods: a crash is to be known at once. */
  private static final Duration GATHERED_PODS = Duration.ofMillis(150);

  /** Passes at once, which mostly wait: a slow answer about one release must not hold up others. */
  private static final int WORKERS = 32;

  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(500);
  private static final Duration MAX_BACK_OFF = Duration.ofSeconds(30);

  private final Reconciler reconciler;
  private final Namespaces namespaces;
  private final Resync resync;
  private final Hints hints;
  private final NamespaceGroups groups;
  private final Clock clock = Clock.systemUTC();
  private final ReleaseQueue queue = new ReleaseQueue();
  private final Map<ReleaseKey, Integer> failures = new ConcurrentHashMap<>();

  /** Releases without a verdict: a Pod that changes in their namespace is worth a look. */
  private final Map<ReleaseKey, Boolean> unsettled = new ConcurrentHashMap<>();

  /** As last listed: objects of other namespaces are none of Belay's business. */
  private volatile Set<String> labelled = Set.of();

  private final Set<String> hinted = ConcurrentHashMap.newKeySet();

  private volatile Instant lastList = Instant.EPOCH;
  private Instant lastOfMembers = Instant.EPOCH;
  private Instant lastOfAll = Instant.EPOCH;
  private volatile List<Thread> threads = List.of();

  Watcher(
      Reconciler reconciler,
      Namespaces namespaces,
      Resync resync,
      Hints hints,
      NamespaceGroups groups) {
    this.reconciler = reconciler;
    this.namespaces = namespaces;
    this.resync = resync;
    this.hints = hints;
    this.groups = groups;
  }

  /** When all releases were last listed; the epoch before the first time. */
  public Instant lastList() {
    return lastList;
  }

  /** Whether it was started and none of its threads has ended. */
  public boolean atWork() {
    return !threads.isEmpty() && threads.stream().allMatch(Thread::isAlive);
  }

  /** Begins to work; called once, by whoever has become the leader. */
  public synchronized void start() {
    List<Thread> started = new ArrayList<>();
    started.add(Thread.ofVirtual().name("watcher-resync").start(this::resyncForever));
    started.add(Thread.ofVirtual().name("watcher-hints").start(this::lookForever));
    for (int i = 0; i < WORKERS; i++) {
      started.add(Thread.ofVirtual().name("watcher-" + i).start(this::workForever));
    }
    threads = List.copyOf(started);
    hints.start(
        (namespace, release) -> queue.add(new ReleaseKey(namespace, release), Duration.ZERO),
        this::podChanged,
        this::objectChanged);
    LOG.info("watching releases");
  }

  /** Ends all work; a pass under way ends at its next request. */
  public synchronized void stop() {
    hints.stop();
    threads.forEach(Thread::interrupt);
    threads = List.of();
  }

  private void podChanged(String namespace) {
    for (ReleaseKey key : unsettled.keySet()) {
      if (key.namespace().equals(namespace)) {
        queue.add(key, GATHERED_PODS);
      }
    }
  }

  private void resyncForever() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        resync(clock.instant());
      } catch (ClusterException e) {
        LOG.warnf("releases could not be listed: %s", e.getMessage());
      }
      try {
        Thread.sleep(lastList.equals(Instant.EPOCH) ? FIRST_BACK_OFF : RESYNC);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void resync(Instant now) {
    Set<String> before = labelled;
    labelled = Set.copyOf(namespaces.labelled().keySet());
    groups.retain(labelled);
    boolean all = now.isAfter(lastOfAll.plus(RESYNC_ALL));
    Resync.Seen seen = resync.look();
    Resync.due(seen, labelled, all).forEach(key -> queue.add(key, Duration.ZERO));
    if (now.isAfter(lastOfMembers.plus(RESYNC_MEMBERS))) {
      resync.withoutRecords(seen, labelled).forEach(this::look);
      lastOfMembers = now;
    } else {
      // Of what is written in a namespace before it is known to be labelled no hint is kept.
      labelled.stream().filter(name -> !before.contains(name)).forEach(this::look);
    }
    lastOfAll = all ? now : lastOfAll;
    lastList = clock.instant();
  }

  /** One namespace that can't be read keeps no other one from being looked at. */
  private void look(String namespace) {
    try {
      groups
          .unsettled(namespace)
          .forEach(name -> queue.add(new ReleaseKey(namespace, name), Duration.ZERO));
    } catch (ClusterException e) {
      LOG.warnf("namespace %s could not be read: %s", namespace, e.getMessage());
    } catch (OutOfMemoryError e) {
      LOG.warnf("namespace %s could not be read: no memory for it now", namespace);
    }
  }

  private void objectChanged(String namespace) {
    if (labelled.contains(namespace)) {
      hinted.add(namespace);
    }
  }

  /** Many objects are written at once: each namespace is looked at once for all of them. */
  private void lookForever() {
    while (!Thread.currentThread().isInterrupted()) {
      Set<String> now = Set.copyOf(hinted);
      hinted.removeAll(now);
      now.forEach(this::look);
      try {
        Thread.sleep(GATHERED);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void workForever() {
    while (!Thread.currentThread().isInterrupted()) {
      ReleaseKey key;
      try {
        key = queue.take();
      } catch (InterruptedException e) {
        return;
      }
      try {
        passed(key, reconciler.pass(key));
      } catch (ClusterException e) {
        if (e.code() == 409) {
          // Somebody wrote first; what they wrote is read in the next pass.
          queue.add(key, Duration.ZERO);
        } else {
          failed(key, e.getMessage(), null);
        }
      } catch (Unreadable e) {
        failed(key, e.getMessage(), null);
      } catch (RuntimeException e) {
        failed(key, "unexpected: " + e, e);
      } catch (OutOfMemoryError e) {
        // Too many large namespaces at once: this one's turn comes again.
        failed(key, "no memory for it now", null);
      } finally {
        queue.done(key);
      }
    }
  }

  private void passed(ReleaseKey key, Optional<Instant> revisit) {
    failures.remove(key);
    if (revisit.isPresent()) {
      unsettled.put(key, true);
      queue.add(key, Duration.between(clock.instant(), revisit.get()));
    } else {
      unsettled.remove(key);
    }
  }

  private void failed(ReleaseKey key, @Nullable String message, @Nullable Exception unexpected) {
    int times = failures.merge(key, 1, Integer::sum);
    Duration backOff = FIRST_BACK_OFF.multipliedBy(1L << Math.min(times - 1, 10));
    Duration delay = backOff.compareTo(MAX_BACK_OFF) > 0 ? MAX_BACK_OFF : backOff;
    LOG.warnf(unexpected, "release %s: %s; again in %d ms", key, message, delay.toMillis());
    queue.add(key, delay);
  }
}
