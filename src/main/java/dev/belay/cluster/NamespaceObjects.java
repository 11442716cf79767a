package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.api.Names;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.ApplySets;
import dev.belay.membership.Countable;
import dev.belay.membership.GatedKinds;
import dev.belay.membership.GatedKinds.GatedKind;
import dev.belay.membership.KappApps;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Reads all objects of a namespace that releases can be made of; nothing is kept of them. */
@ApplicationScoped
public class NamespaceObjects {

  /** What is large and in no release is not even sent: Helm's records, Belay's revisions. */
  private static final Map<String, String> LEFT_OUT =
      Map.of(
          "Secret",
          "?fieldSelector=type!%3D"
              + HelmStorage.TYPE
              + "%2Ctype!%3D"
              + Names.REVISION_TYPE.replace("/", "%2F"),
          "ConfigMap",
          "?labelSelector=owner!%3Dhelm");

  private static final GatedKind CONFIG_MAP = new GatedKind("v1", "ConfigMap", "configmaps");
  private static final GatedKind POD = new GatedKind("v1", "Pod", "pods");

  private static final String KAPP_APPS =
      URLEncoder.encode(KappApps.IS_APP, StandardCharsets.UTF_8);

  private static final Set<String> PARENTS = Set.of("Secret", "ConfigMap");

  /** As many namespaces are read at a time. */
  public static final int AT_ONCE = 3;

  private final Semaphore turns = new Semaphore(AT_ONCE, true);
  private final ApiServer api;
  private final Reach reach;
  private final Discovery discovery;

  public NamespaceObjects(ApiServer api, Reach reach, Discovery discovery) {
    this.api = api;
    this.reach = reach;
    this.discovery = discovery;
  }

  /**
   * All of them, in full: a list for each kind. {@value #AT_ONCE} namespaces at a time, since all
   * share one heap; others wait.
   */
  public List<KubeObject> all(String namespace) {
    try {
      turns.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("reading namespace " + namespace, e);
    }
    try {
      List<KubeObject> objects = new ArrayList<>();
      for (GatedKind kind : GatedKinds.ALL) {
        objects.addAll(list(namespace, kind));
      }
      return objects;
    } finally {
      turns.release();
    }
  }

  /**
   * The metadata of what says that it is the parent of this ApplySet, of the kinds that kubectl can
   * read without being told of them.
   */
  public List<KubeObject> applySetParents(String namespace, String id) {
    String selector =
        "?labelSelector=" + URLEncoder.encode(ApplySets.ID + "=" + id, StandardCharsets.UTF_8);
    List<KubeObject> parents = new ArrayList<>();
    for (GatedKind kind : GatedKinds.ALL) {
      if (PARENTS.contains(kind.kind())) {
        String path = "/api/v1/namespaces/" + namespace + "/" + kind.plural() + selector;
        parents.addAll(items(path, kind, true));
      }
    }
    return parents;
  }

  /** The ConfigMaps in which kapp keeps its apps. */
  public List<KubeObject> kappApps(String namespace) {
    String path = "/api/v1/namespaces/" + namespace + "/configmaps?labelSelector=" + KAPP_APPS;
    return items(path, CONFIG_MAP, false);
  }

  /** The metadata of the Pods of a namespace that somebody has applied himself. */
  public List<KubeObject> pods(String namespace) {
    String path = "/api/v1/namespaces/" + namespace + "/pods";
    return items(path, POD, true).stream().filter(Countable::counts).toList();
  }

  /** The metadata of the workloads of all namespaces in reach. */
  public void forEachWorkload(Consumer<KubeObject> each) {
    for (GatedKind kind : GatedKinds.WORKLOADS) {
      if (discovery.find(kind.apiVersion(), kind.kind()).isPresent()) {
        reach.forEach(
            kind.apiVersion(),
            kind.kind(),
            kind.plural(),
            true,
            item -> each.accept(typed(item, kind)));
      }
    }
  }

  private List<KubeObject> list(String namespace, GatedKind kind) {
    return discovery
        .find(kind.apiVersion(), kind.kind())
        .map(type -> type.collection(namespace) + LEFT_OUT.getOrDefault(kind.kind(), ""))
        .map(path -> items(path, kind, false))
        .orElse(List.of());
  }

  private List<KubeObject> items(String path, GatedKind kind, boolean metadataOnly) {
    return discovery.asking(() -> api.list(kind.kind(), path, metadataOnly)).stream()
        .map(item -> typed(item, kind))
        .toList();
  }

  /** Elements of a list do not say what they are. */
  private static KubeObject typed(JsonNode item, GatedKind kind) {
    KubeObject object = KubeObject.of(item);
    object.json().put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
    return object;
  }
}
