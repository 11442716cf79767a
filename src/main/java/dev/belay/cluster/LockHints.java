package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.api.Names;
import dev.belay.cluster.ObjectWatch.Content;
import dev.belay.cluster.ObjectWatch.Event;
import dev.belay.cluster.Reach.Area;
import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;

/**
 * Which releases may be locked: a list and a watch, so that the gate does not ask the API server
 * about a release each time one of its objects is written. Nothing is refused on what is known
 * here; while nothing is known, every release may be locked.
 */
@ApplicationScoped
public class LockHints {

  private static final Logger LOG = Logger.getLogger(LockHints.class);
  private static final Duration REOPEN = Duration.ofSeconds(2);

  private final ApiServer api;
  private final Reach reach;

  /** The locked releases of each area that is watched now. */
  private final Map<Area, Set<String>> known = new ConcurrentHashMap<>();

  private volatile List<Thread> threads = List.of();
  private volatile BiConsumer<String, String> appeared = (namespace, release) -> {};

  public LockHints(ApiServer api, Reach reach) {
    this.api = api;
    this.reach = reach;
  }

  /** Begins to list and watch. */
  public void start() {
    threads =
        reach.areas().stream()
            .map(area -> Thread.ofVirtual().name("lock-hints").start(() -> watchForever(area)))
            .toList();
  }

  /**
   * Has this told of each release that appears, by namespace and name, and of those that are there
   * when the watch begins.
   *
   * @param told must not block
   */
  public void onAppearance(BiConsumer<String, String> told) {
    appeared = told;
  }

  private void appeared(String namespace, String release) {
    appeared.accept(namespace, release);
  }

  public void stop() {
    threads.forEach(Thread::interrupt);
  }

  /** Whether it is worth while to read the release: it has a lock, or nobody knows. */
  public boolean mayBeLocked(String namespace, String release) {
    Set<String> locked = known.get(reach.of(namespace));
    return locked == null || locked.contains(namespace + "/" + release);
  }

  /** The releases of this namespace that have a lock, as far as is known. */
  public List<String> lockedIn(String namespace) {
    Set<String> locked = known.get(reach.of(namespace));
    String prefix = namespace + "/";
    return locked == null
        ? List.of()
        : locked.stream()
            .filter(name -> name.startsWith(prefix))
            .map(name -> name.substring(prefix.length()))
            .toList();
  }

  private void watchForever(Area area) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        if (reach.isOpen(area)) {
          watchOnce(area);
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.debugf("Releases are not watched: %s", e.getMessage());
      } finally {
        known.remove(area);
      }
      try {
        Thread.sleep(REOPEN);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Until the watch breaks, or has missed something: then all of them are listed anew. */
  private void watchOnce(Area area) throws InterruptedException {
    String path = area.path(Names.API_VERSION, "releases");
    ApiResponse list = api.get(path);
    Set<String> locked = ConcurrentHashMap.newKeySet();
    Set<String> seen = ConcurrentHashMap.newKeySet();
    for (JsonNode item : list.items("listing Releases", "Release")) {
      note(locked, seen, new Event(KubeObject.of(item), false));
    }
    String from = list.object().resourceVersion();
    ObjectWatch watch =
        new ObjectWatch(api, path, Content.WHOLE, from, event -> note(locked, seen, event));
    known.put(area, locked);
    while (!Thread.currentThread().isInterrupted()) {
      watch.run();
    }
  }

  /** Notes what the list, or the one thread that reads the watch, has seen. */
  private void note(Set<String> locked, Set<String> seen, Event event) {
    KubeObject release = event.object();
    String key = release.namespace() + "/" + release.name();
    JsonNode rollback = release.at("status", "rollback");
    boolean running =
        rollback.isObject() && !rollback.has("restoredAt") && !rollback.has("finishedAt");
    boolean holds = running || release.at("status", "knownBad").isObject();
    if (holds && !event.deleted()) {
      locked.add(key);
    } else {
      locked.remove(key);
    }
    if (event.deleted()) {
      seen.remove(key);
    } else if (seen.add(key)) {
      appeared(release.namespace(), release.name());
    }
  }
}
