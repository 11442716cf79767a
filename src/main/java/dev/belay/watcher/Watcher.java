package dev.belay.watcher;

import dev.belay.api.Mode;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Hints;
import dev.belay.cluster.NamespaceObjects;
import dev.belay.cluster.Namespaces;
import dev.belay.cluster.ServerClock;
import dev.belay.watcher.Observer.Unreadable;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

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

  /**
   * Each minute one part in so many of Helm's releases is compared with what was verified, where no
   * hint and no list has said anything: all of them in half an hour, and never all at once.
   */
  private static final int SLICES = 30;

  /** Hints at one namespace are gathered for this long. */
  private static final Duration GATHERED = Duration.ofMillis(500);

  /** The same for Pods: a crash is to be known at once. */
  private static final Duration GATHERED_PODS = Duration.ofMillis(150);

  /** Passes at once, which mostly wait: a slow answer about one release must not hold up others. */
  private static final int WORKERS = 32;

  /** Namespaces looked at at once; more would only wait for their turn to be read. */
  private static final int LOOKERS = NamespaceObjects.AT_ONCE;

  /** Until there is a first list. */
  private static final Duration RELIST = Duration.ofMillis(500);

  /** After a list that could not be read. */
  private static final Duration RELIST_FAILED = Duration.ofSeconds(3);

  private final Reconciler reconciler;
  private final Namespaces namespaces;
  private final Resync resync;
  private final Hints hints;
  private final NamespaceGroups groups;
  private final ReadAhead ahead;
  private final ServerClock clock;
  private final Workers<ReleaseKey> passes = new Workers<>("release", WORKERS, this::pass);
  private final Workers<String> looks = new Workers<>("namespace", LOOKERS, this::look);

  /** Releases without a verdict: a Pod that changes in their namespace is worth a look. */
  private final Set<ReleaseKey> unsettled = ConcurrentHashMap.newKeySet();

  /** When the last pass over each of them began, by {@link System#nanoTime()}. */
  private final Map<ReleaseKey, Long> begun = new ConcurrentHashMap<>();

  /** Releases of Helm of which others may have changed an object: it is read to know. */
  private final Set<ReleaseKey> toCompare = ConcurrentHashMap.newKeySet();

  /** As last listed: objects of other namespaces are none of Belay's business. */
  private volatile Set<String> labelled = Set.of();

  private volatile Instant startedAt = Instant.EPOCH;
  private volatile Instant lastList = Instant.EPOCH;
  private Instant lastOfMembers = Instant.EPOCH;
  private Instant lastOfAll = Instant.EPOCH;
  private int slices;
  private volatile List<Thread> threads = List.of();

  Watcher(
      Reconciler reconciler,
      Namespaces namespaces,
      Resync resync,
      Hints hints,
      NamespaceGroups groups,
      ReadAhead ahead,
      ServerClock clock) {
    this.reconciler = reconciler;
    this.namespaces = namespaces;
    this.resync = resync;
    this.hints = hints;
    this.groups = groups;
    this.ahead = ahead;
    this.clock = clock;
  }

  /** When it began to work; the epoch before that. */
  public Instant startedAt() {
    return startedAt;
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
    startedAt = clock.now();
    Thread.ofVirtual().name("rehearsal").start(Rehearsal::play);
    List<Thread> started = new ArrayList<>();
    started.add(Thread.ofVirtual().name("watcher-resync").start(this::resyncForever));
    started.addAll(looks.start());
    started.addAll(passes.start());
    threads = List.copyOf(started);
    hints.start(
        (namespace, release) -> passes.add(new ReleaseKey(namespace, release), Duration.ZERO),
        this::podChanged,
        this::objectChanged,
        this::edited);
    LOG.info("watching releases");
  }

  /** Ends all work; a pass under way ends at its next request. */
  public synchronized void stop() {
    hints.stop();
    threads.forEach(Thread::interrupt);
    threads = List.of();
  }

  private void podChanged(String namespace) {
    for (ReleaseKey key : unsettled) {
      if (key.namespace().equals(namespace)) {
        passes.add(key, gathered(System.nanoTime() - begun.getOrDefault(key, 0L)));
      }
    }
  }

  /**
   * What is left of the time for which hints at Pods are gathered: that is counted from the begin
   * of the last pass, so that the first hint after a while is followed at once.
   */
  static Duration gathered(long nanosSincePass) {
    Duration since = Duration.ofNanos(nanosSincePass);
    return since.isNegative() || since.compareTo(GATHERED_PODS) >= 0
        ? Duration.ZERO
        : GATHERED_PODS.minus(since);
  }

  private void resyncForever() {
    while (!Thread.currentThread().isInterrupted()) {
      Duration next = RESYNC;
      try {
        resync(clock.now());
      } catch (ClusterException e) {
        LOG.warnf("releases could not be listed: %s", e.getMessage());
        next = lastList.equals(Instant.EPOCH) ? RELIST : RELIST_FAILED;
      }
      try {
        Thread.sleep(next);
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
    Resync.due(seen, labelled, all).forEach(key -> passes.add(key, Duration.ZERO));
    if (now.isAfter(lastOfMembers.plus(RESYNC_MEMBERS))) {
      Resync.Changed changed = resync.withoutRecords(seen, labelled, now);
      changed.namespaces().forEach(name -> looks.add(name, Duration.ZERO));
      changed.ofHelm().forEach(key -> compare(key, Duration.ZERO));
      Resync.slice(seen, labelled, slices++ % SLICES, SLICES)
          .forEach(key -> compare(key, Duration.ZERO));
      lastOfMembers = now;
    }
    // Of what is written in a namespace before it is known to be labelled no hint is kept.
    Set<String> added = new HashSet<>(labelled);
    added.removeAll(before);
    added.forEach(name -> looks.add(name, Duration.ZERO));
    seen.releases().stream()
        .filter(release -> added.contains(release.namespace()))
        .forEach(
            release -> compare(new ReleaseKey(release.namespace(), release.name()), Duration.ZERO));
    lastOfAll = all ? now : lastOfAll;
    lastList = clock.now();
  }

  /** The releases of a namespace for which clients keep no records, as far as they need a pass. */
  private Optional<Duration> look(String namespace) {
    // It may be going, and with it one object after the other.
    if (namespaces.mode(namespace) != Mode.NONE) {
      for (String name : groups.unsettled(namespace)) {
        passes.add(new ReleaseKey(namespace, name), Duration.ZERO);
      }
    }
    return Optional.empty();
  }

  /** Many objects are written at once: their namespace is looked at once for all of them. */
  private void objectChanged(String namespace) {
    if (labelled.contains(namespace)) {
      looks.add(namespace, GATHERED);
    }
  }

  private void edited(String namespace, String release) {
    if (labelled.contains(namespace)) {
      compare(new ReleaseKey(namespace, release), GATHERED);
    }
  }

  private void compare(ReleaseKey key, Duration delay) {
    toCompare.add(key);
    passes.add(key, delay);
  }

  private Optional<Duration> pass(ReleaseKey key) throws Unreadable {
    begun.put(key, System.nanoTime());
    boolean compare = toCompare.remove(key);
    Optional<Instant> revisit;
    try {
      revisit = reconciler.pass(key, compare);
    } catch (Unreadable | RuntimeException | OutOfMemoryError e) {
      if (compare) {
        toCompare.add(key);
      }
      throw e;
    }
    if (revisit.isPresent()) {
      unsettled.add(key);
      if (compare) {
        // It may not have been its turn: while a rollback runs nothing else is looked at.
        toCompare.add(key);
      }
    } else {
      unsettled.remove(key);
      begun.remove(key);
      ahead.forget(key);
    }
    return revisit.map(at -> Duration.between(clock.now(), at));
  }
}
