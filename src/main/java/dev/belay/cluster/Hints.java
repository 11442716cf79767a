package dev.belay.cluster;

import dev.belay.api.Names;
import dev.belay.helm.HelmStorage;
import dev.belay.membership.GatedKinds;
import dev.belay.membership.GatedKinds.GatedKind;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.WatcherException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Watches that say where a look is worth while. Nothing is kept of what they carry and nothing
 * depends on them: a watch that breaks, or that stays silent, only makes Belay slower, until the
 * next list.
 */
@ApplicationScoped
public class Hints {

  private static final Logger LOG = Logger.getLogger(Hints.class);
  private static final Duration REOPEN = Duration.ofSeconds(2);

  /** Seldom changed without anything else: the next list finds them. */
  private static final Set<String> SELDOM =
      Set.of("PersistentVolumeClaim", "ServiceAccount", "Role", "RoleBinding");

  private final KubernetesClient client;
  private final List<Watch> open = new ArrayList<>();
  private volatile boolean stopped;

  public Hints(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Begins to watch.
   *
   * @param release is told namespace and name of a release whose record has changed
   * @param pod is told the namespace in which a Pod has changed
   * @param object is told the namespace in which a client may have changed an object of a release
   */
  public void start(
      BiConsumer<String, String> release, Consumer<String> pod, Consumer<String> object) {
    stopped = false;
    keepOpen(
        "Helm's records in ConfigMaps",
        watcher -> client.configMaps().inAnyNamespace().withLabel("owner", "helm").watch(watcher),
        (ConfigMap map) -> {
          String name = map.getMetadata().getLabels().getOrDefault("name", "");
          release.accept(map.getMetadata().getNamespace(), name);
        });
    keepOpen(
        "Helm's records",
        watcher ->
            client
                .secrets()
                .inAnyNamespace()
                .withField("type", HelmStorage.TYPE)
                .withLabel("owner", "helm")
                .watch(watcher),
        (Secret secret) -> {
          String name = secret.getMetadata().getLabels().getOrDefault("name", "");
          release.accept(secret.getMetadata().getNamespace(), name);
        });
    keepOpen(
        "Releases",
        watcher ->
            client
                .genericKubernetesResources(Names.API_VERSION, "Release")
                .inAnyNamespace()
                .watch(watcher),
        (GenericKubernetesResource changed) -> {
          // Belay's own writes are no news.
          Map<String, String> annotations = changed.getMetadata().getAnnotations();
          if (annotations != null && annotations.containsKey(Names.ROLLBACK_TO_ANNOTATION)) {
            release.accept(changed.getMetadata().getNamespace(), changed.getMetadata().getName());
          }
        });
    keepOpen(
        "Pods",
        watcher -> client.pods().inAnyNamespace().watch(watcher),
        (Pod changed) -> pod.accept(changed.getMetadata().getNamespace()));
    for (GatedKind kind : GatedKinds.ALL) {
      if (!SELDOM.contains(kind.kind())) {
        keepOpen(
            kind.plural(),
            watcher -> {
              var all =
                  client
                      .genericKubernetesResources(kind.apiVersion(), kind.kind())
                      .inAnyNamespace();
              return kind.kind().equals("Secret")
                  ? all.withoutField("type", HelmStorage.TYPE)
                      .withoutField("type", Names.REVISION_TYPE)
                      .watch(watcher)
                  : all.watch(watcher);
            },
            (GenericKubernetesResource changed) -> {
              if (byClient(changed)) {
                object.accept(changed.getMetadata().getNamespace());
              }
            });
      }
    }
  }

  /** Whether its last write may be a client's: most are a controller's, of the status. */
  private static boolean byClient(HasMetadata changed) {
    List<ManagedFieldsEntry> entries = changed.getMetadata().getManagedFields();
    String last =
        entries.stream()
            .map(entry -> entry.getTime() == null ? "" : entry.getTime())
            .max(Comparator.naturalOrder())
            .orElse("");
    return changed.getMetadata().getDeletionTimestamp() != null
        || entries.isEmpty()
        || entries.stream()
            .filter(entry -> last.equals(entry.getTime()))
            .anyMatch(entry -> entry.getSubresource() == null || entry.getSubresource().isEmpty());
  }

  public synchronized void stop() {
    stopped = true;
    open.forEach(Watch::close);
    open.clear();
  }

  private <T extends HasMetadata> void keepOpen(
      String what,
      Function<io.fabric8.kubernetes.client.Watcher<T>, Watch> opener,
      Consumer<T> hint) {
    Thread.ofVirtual()
        .name("hints")
        .start(
            () -> {
              try {
                add(opener.apply(new Forwarding<>(hint, () -> reopen(what, opener, hint))));
              } catch (RuntimeException e) {
                LOG.debugf("watch of %s could not be opened: %s", what, e.getMessage());
                reopen(what, opener, hint);
              }
            });
  }

  private <T extends HasMetadata> void reopen(
      String what,
      Function<io.fabric8.kubernetes.client.Watcher<T>, Watch> opener,
      Consumer<T> hint) {
    if (stopped) {
      return;
    }
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                Thread.sleep(REOPEN);
              } catch (InterruptedException e) {
                return;
              }
              keepOpen(what, opener, hint);
            });
  }

  private synchronized void add(Watch watch) {
    if (stopped) {
      watch.close();
    } else {
      open.add(watch);
    }
  }

  /** Forwards what changes; a watch that ends for good is opened anew. */
  private record Forwarding<T extends HasMetadata>(Consumer<T> hint, Runnable ended)
      implements io.fabric8.kubernetes.client.Watcher<T> {

    @Override
    public void eventReceived(Action action, T resource) {
      if (action == Action.DELETED && resource.getMetadata().getDeletionTimestamp() == null) {
        // The API server does not set it for what goes at once.
        resource.getMetadata().setDeletionTimestamp("now");
      }
      if (action != Action.BOOKMARK && action != Action.ERROR) {
        hint.accept(resource);
      }
    }

    @Override
    public void onClose(WatcherException cause) {
      ended.run();
    }
  }
}
