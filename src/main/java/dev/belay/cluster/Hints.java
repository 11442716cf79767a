package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.api.Names;
import dev.belay.cluster.ObjectWatch.Content;
import dev.belay.cluster.ObjectWatch.Event;
import dev.belay.cluster.Reach.Area;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Countable;
import dev.belay.membership.GatedKinds;
import dev.belay.membership.GatedKinds.GatedKind;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Watches that say where a look is worth while. Hardly anything is kept of what they carry and
 * nothing depends on them: a watch that breaks, or that stays silent, only makes Belay slower,
 * until the next list.
 */
@ApplicationScoped
public class Hints {

  private static final Logger LOG = Logger.getLogger(Hints.class);
  private static final Duration REOPEN = Duration.ofSeconds(2);

  /** Seldom changed without anything else: the next list finds them. */
  private static final Set<String> SELDOM =
      Set.of("PersistentVolumeClaim", "ServiceAccount", "Role", "RoleBinding");

  private static final String OWNER = "labelSelector=owner%3Dhelm";

  private final ApiServer api;
  private final Reach reach;
  private final List<Thread> open = new ArrayList<>();

  /**
   * What of each object of Helm's releases a client may take away without a trace, as last seen.
   */
  private final Map<String, Integer> traces = new ConcurrentHashMap<>();

  /** What each Release is annotated with as its timeout, as last seen. */
  private final Map<String, String> timeouts = new ConcurrentHashMap<>();

  public Hints(ApiServer api, Reach reach) {
    this.api = api;
    this.reach = reach;
  }

  /**
   * Begins to watch.
   *
   * @param release is told namespace and name of a release whose record has changed, or of which
   *     somebody wants something
   * @param pod is told the namespace in which a Pod has changed
   * @param object is told the namespace in which a client that keeps no record may have changed an
   *     object of a release
   * @param edited is told namespace and name of a release of Helm of which a client other than Helm
   *     may have changed an object
   */
  public synchronized void start(
      BiConsumer<String, String> release,
      Consumer<String> pod,
      Consumer<String> object,
      BiConsumer<String, String> edited) {
    Consumer<Event> record =
        event ->
            release.accept(
                event.object().namespace(), event.object().labels().getOrDefault("name", ""));
    keepOpen("v1", "configmaps?" + OWNER, record);
    keepOpen("v1", "secrets?fieldSelector=type%3D" + HelmStorage.TYPE + "&" + OWNER, record);
    keepOpen(
        Names.API_VERSION,
        "releases",
        event -> {
          // Belay's own writes are no news.
          KubeObject changed = event.object();
          if (changed.annotations().containsKey(Names.ROLLBACK_TO_ANNOTATION)
              || hasOtherTimeout(event)) {
            release.accept(changed.namespace(), changed.name());
          }
        });
    keepOpen("v1", "pods", event -> pod.accept(event.object().namespace()));
    for (GatedKind kind : GatedKinds.ALL) {
      if (!SELDOM.contains(kind.kind())) {
        keepOpen(
            kind.apiVersion(),
            collection(kind),
            event -> {
              String ofHelm =
                  event.object().annotations().getOrDefault(HelmStorage.RELEASE_ANNOTATION, "");
              boolean byClient = byClientWithoutRecord(event, kind);
              if (ofHelm.isEmpty() && byClient) {
                object.accept(event.object().namespace());
              } else if (!ofHelm.isEmpty() && (isWantedAnew(event) || byClient)) {
                edited.accept(event.object().namespace(), ofHelm);
              }
            });
      }
    }
  }

  /** Whether a Release is annotated with another timeout than before, readable or not. */
  private boolean hasOtherTimeout(Event event) {
    KubeObject release = event.object();
    if (event.deleted()) {
      timeouts.remove(release.uid());
      return false;
    }
    String timeout = release.annotations().getOrDefault(Names.TIMEOUT_ANNOTATION, "");
    String before = timeouts.put(release.uid(), timeout);
    return before == null ? !timeout.isEmpty() : !before.equals(timeout);
  }

  private static String collection(GatedKind kind) {
    return kind.kind().equals("Secret")
        ? kind.plural()
            + "?fieldSelector=type!%3D"
            + HelmStorage.TYPE
            + "%2Ctype!%3D"
            + Names.REVISION_TYPE.replace("/", "%2F")
        : kind.plural();
  }

  /**
   * Whether its last write may be that of a client whose record does not tell: most writes are a
   * controller's, of the status. Helm's own are no exception: a pass that its record brings about
   * is the one that they hint at.
   */
  private static boolean byClientWithoutRecord(Event event, GatedKind kind) {
    KubeObject changed = event.object();
    changed.json().put("kind", kind.kind());
    if (!Countable.mayCount(changed)) {
      return false;
    }
    List<JsonNode> entries = changed.list("metadata", "managedFields");
    String last = "";
    for (JsonNode entry : entries) {
      String time = entry.path("time").asText("");
      last = time.compareTo(last) > 0 ? time : last;
    }
    String newest = last;
    return event.deleted()
        || entries.isEmpty()
        || !changed.text("", "metadata", "deletionTimestamp").isEmpty()
        || entries.stream()
            .filter(entry -> entry.path("time").asText("").equals(newest))
            .anyMatch(entry -> entry.path("subresource").asText("").isEmpty());
  }

  /**
   * Whether it has another generation than before, or labels and annotations of other names. Who
   * only takes one away leaves no trace in the managers, and the next write of the status hides
   * even that.
   */
  private boolean isWantedAnew(Event event) {
    KubeObject changed = event.object();
    if (event.deleted()) {
      return traces.remove(changed.uid()) != null;
    }
    int trace =
        List.of(changed.generation(), changed.labels().keySet(), changed.annotations().keySet())
            .hashCode();
    Integer before = traces.put(changed.uid(), trace);
    return before != null && before != trace;
  }

  public synchronized void stop() {
    open.forEach(Thread::interrupt);
    open.clear();
    traces.clear();
    timeouts.clear();
  }

  private void keepOpen(String apiVersion, String collection, Consumer<Event> hint) {
    for (Area area : reach.areas()) {
      String path = area.path(apiVersion, collection);
      ObjectWatch watch = new ObjectWatch(api, path, Content.METADATA, hint);
      open.add(Thread.ofVirtual().name("hints").start(() -> watchForever(area, path, watch)));
    }
  }

  private void watchForever(Area area, String path, ObjectWatch watch) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        long begun = System.nanoTime();
        try {
          if (reach.isOpen(area)) {
            watch.run();
          }
        } catch (RuntimeException e) {
          LOG.debugf("watch of %s: %s", path, e.getMessage());
        }
        if (System.nanoTime() - begun < REOPEN.toNanos()) {
          Thread.sleep(REOPEN);
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
