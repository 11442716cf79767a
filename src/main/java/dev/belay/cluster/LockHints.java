package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.api.Names;
import dev.belay.cluster.Reach.Area;
import dev.belay.manifest.KubeObject;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
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
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ApiServer api;
  private final Reach reach;
  private final KubernetesClient client;

  /** The locked releases of each area that is watched now. */
  private final Map<Area, Set<String>> known = new ConcurrentHashMap<>();

  private volatile List<Thread> threads = List.of();
  private volatile BiConsumer<String, String> appeared = (namespace, release) -> {};

  public LockHints(ApiServer api, Reach reach, KubernetesClient client) {
    this.api = api;
    this.reach = reach;
    this.client = client;
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

  /** Until the watch ends for good, which it does when it has missed something. */
  private void watchOnce(Area area) throws InterruptedException {
    ApiResponse list =
        api.get(area.path(Names.API_VERSION, "releases")).orThrow("listing Releases");
    Set<String> locked = ConcurrentHashMap.newKeySet();
    for (JsonNode item : list.object().list("items")) {
      KubeObject release = KubeObject.of(item);
      note(locked, release.namespace(), release.name(), item.path("status"));
      appeared(release.namespace(), release.name());
    }
    CountDownLatch ended = new CountDownLatch(1);
    String from = list.object().resourceVersion();
    MixedOperation<GenericKubernetesResource, ?, ?> releases =
        client.genericKubernetesResources(Names.API_VERSION, "Release");
    Watch watch =
        (area.namespace().isEmpty()
                ? releases.inAnyNamespace()
                : releases.inNamespace(area.namespace()))
            .watch(
                new ListOptionsBuilder().withResourceVersion(from).build(),
                new Noting(locked, this::appeared, ended));
    try {
      known.put(area, locked);
      ended.await();
    } finally {
      watch.close();
    }
  }

  private static void note(Set<String> locked, String namespace, String name, JsonNode status) {
    JsonNode rollback = status.path("rollback");
    boolean running =
        rollback.isObject() && !rollback.has("restoredAt") && !rollback.has("finishedAt");
    if (running || status.path("knownBad").isObject()) {
      locked.add(namespace + "/" + name);
    } else {
      locked.remove(namespace + "/" + name);
    }
  }

  private record Noting(
      Set<String> locked, BiConsumer<String, String> appeared, CountDownLatch ended)
      implements Watcher<GenericKubernetesResource> {

    @Override
    public void eventReceived(Action action, GenericKubernetesResource release) {
      if (action == Action.BOOKMARK || action == Action.ERROR) {
        return;
      }
      String namespace = release.getMetadata().getNamespace();
      String name = release.getMetadata().getName();
      if (action == Action.DELETED) {
        locked.remove(namespace + "/" + name);
        return;
      }
      JsonNode status = JSON.valueToTree(release.getAdditionalProperties().get("status"));
      note(locked, namespace, name, status);
      if (action == Action.ADDED) {
        appeared.accept(namespace, name);
      }
    }

    @Override
    public void onClose(WatcherException cause) {
      ended.countDown();
    }

    @Override
    public void onClose() {
      ended.countDown();
    }
  }
}
