package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.api.Names;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads and writes single objects of any kind, as {@value Names#FIELD_MANAGER}. */
@ApplicationScoped
public class Objects {

  private static final String MANAGER = "?fieldManager=" + Names.FIELD_MANAGER;

  /** Helm's records and Belay's revisions, which are large, are not looked for among Secrets. */
  private static final String WITHOUT_STATES =
      "fieldSelector=type%21%3D"
          + HelmStorage.TYPE
          + "%2Ctype%21%3D"
          + Names.REVISION_TYPE.replace("/", "%2F");

  private final ApiServer api;
  private final Discovery discovery;

  public Objects(ApiServer api, Discovery discovery) {
    this.api = api;
    this.discovery = discovery;
  }

  /**
   * The live object in this version; empty when the API server says that this object is not there,
   * or does not serve its kind, and where there is no name to ask by.
   *
   * @throws ClusterException when the API server did not answer or did not allow the read
   */
  public Optional<KubeObject> get(String apiVersion, String kind, String namespace, String name) {
    return name.isEmpty()
        ? Optional.empty()
        : discovery
            .find(apiVersion, kind)
            .flatMap(
                type -> read(type.kind(), name, asking(() -> api.get(type.path(namespace, name)))));
  }

  /** Whether the API server serves this kind in this version. */
  boolean areServed(String apiVersion, String kind) {
    return discovery.find(apiVersion, kind).isPresent();
  }

  private static Optional<KubeObject> read(String kind, String name, ApiResponse response) {
    return response.isGone(name)
        ? Optional.empty()
        : Optional.of(response.orThrow("reading " + kind + "/" + name).whole(kind, name).object());
  }

  private ApiResponse asking(Supplier<ApiResponse> question) {
    return discovery.asking(question);
  }

  /**
   * All objects of this kind in a namespace, by name; empty where there are more than these.
   *
   * @param most how many at most
   * @param metadataOnly whether the objects' contents are left out
   * @throws ClusterException when they can't be listed
   */
  public Optional<Map<String, KubeObject>> listed(
      String apiVersion, String kind, String namespace, int most, boolean metadataOnly) {
    Optional<ResourceType> type = discovery.find(apiVersion, kind);
    if (type.isEmpty()) {
      return Optional.empty();
    }
    String path =
        type.get().collection(namespace)
            + "?limit="
            + most
            + (kind.equals("Secret") ? "&" + WITHOUT_STATES : "");
    ApiResponse list = asking(() -> metadataOnly ? api.listMetadata(path) : api.get(path));
    List<JsonNode> items = list.items("listing " + path, kind);
    if (!list.continues().isEmpty()) {
      return Optional.empty();
    }
    Map<String, KubeObject> listed = new HashMap<>();
    for (JsonNode item : items) {
      KubeObject object = KubeObject.of(item);
      object.json().put("apiVersion", apiVersion).put("kind", kind);
      listed.put(object.name(), object);
    }
    return Optional.of(listed);
  }

  /** The object of which this is an older or a desired state, in the same version. */
  public Optional<KubeObject> live(KubeObject object, String namespace) {
    return get(object.apiVersion(), object.kind(), namespace, object.name());
  }

  /**
   * The same, read for somebody who is about to write it: what Belay may not read itself, such as a
   * custom resource, is read as this actor.
   *
   * @throws ClusterException when the API server did not answer, or allows it to neither of them
   */
  public Optional<KubeObject> live(KubeObject object, Actor actor) {
    try {
      return live(object, object.namespace());
    } catch (ClusterException e) {
      Optional<List<Actor.Header>> headers = actor.impersonation();
      if (!e.forbidden() || actor.isBelay() || headers.isEmpty()) {
        throw e;
      }
      ApiResponse read = api.get(path(object), headers.get());
      if (!read.ok() && !read.isGone(object.name())) {
        throw e; // What a person can grant is the right of Belay.
      }
      return read(object.kind(), object.name(), read);
    }
  }

  /** The key with the namespace that the object really has: its own, the release's, or none. */
  public ObjectKey key(KubeObject object, String releaseNamespace) {
    boolean namespaced =
        discovery
            .find(object.apiVersion(), object.kind())
            .map(ResourceType::namespaced)
            .orElse(true);
    String own = object.namespace().isEmpty() ? releaseNamespace : object.namespace();
    return new ObjectKey(object.group(), object.kind(), namespaced ? own : "", object.name());
  }

  /**
   * The object as it is sent: with the namespace that it goes to, where it names none itself and
   * its kind lives in one.
   */
  public KubeObject placed(KubeObject object, String releaseNamespace) {
    boolean placed =
        !object.namespace().isEmpty()
            || !object.at("metadata").isObject()
            || !discovery
                .find(object.apiVersion(), object.kind())
                .map(ResourceType::namespaced)
                .orElse(true);
    if (placed) {
      return object;
    }
    KubeObject copy = object.copy();
    copy.json().withObjectProperty("metadata").put("namespace", releaseNamespace);
    return copy;
  }

  public ApiResponse create(KubeObject object) {
    return written(
        object, "POST", type(object).collection(object.namespace()) + MANAGER, object.json());
  }

  /**
   * Whether the API server would create this object, were there none of its name.
   *
   * @throws ClusterException when it may answer otherwise in a moment
   */
  public boolean couldCreate(KubeObject object) {
    String path = type(object).collection(object.namespace()) + MANAGER + "&dryRun=All";
    ApiResponse answer = written(nameless(object), "POST", path, nameless(object).json());
    return answer.isPassing()
        ? answer.orThrow("asking whether " + object.key().display() + " could be created").ok()
        : answer.ok();
  }

  /** The same object under a name that the API server makes up. */
  static KubeObject nameless(KubeObject object) {
    KubeObject nameless = object.copy();
    ObjectNode metadata = nameless.json().withObjectProperty("metadata");
    metadata.remove("name");
    metadata.put("generateName", "belay-");
    return nameless;
  }

  /**
   * Replaces the object; fails with a conflict when its {@code resourceVersion} is not the live
   * one.
   */
  public ApiResponse replace(KubeObject object) {
    return written(object, "PUT", path(object) + MANAGER, object.json());
  }

  /** The same in the name of this field manager. */
  public ApiResponse replaceAs(String manager, KubeObject object) {
    return written(object, "PUT", path(object) + as(manager), object.json());
  }

  /**
   * Applies this in the name of this field manager, whoever else owns a part of it; a conflict when
   * the object is not the one with its {@code uid} and {@code resourceVersion}.
   */
  public ApiResponse applyAs(String manager, KubeObject object) {
    String path = path(object) + as(manager) + "&force=true";
    return written(object, "PATCH", path, object.json(), ApiServer.APPLY_PATCH);
  }

  private static String as(String manager) {
    return "?fieldManager=" + URLEncoder.encode(manager, StandardCharsets.UTF_8);
  }

  /** Replaces the {@code status} subresource. */
  public ApiResponse replaceStatus(KubeObject object) {
    return written(object, "PUT", path(object) + "/status" + MANAGER, object.json());
  }

  /**
   * Puts this list of managers in place of the live one, and nothing else. A conflict when the
   * object has changed since: naming the resourceVersion in a patch makes it a precondition, where
   * a failed {@code test} would be an error like any other.
   */
  public ApiResponse replaceManagedFields(KubeObject live, JsonNode managedFields) {
    ArrayNode patch = JsonNodeFactory.instance.arrayNode();
    patch
        .addObject()
        .put("op", "replace")
        .put("path", "/metadata/resourceVersion")
        .put("value", live.resourceVersion());
    patch
        .addObject()
        .put("op", "replace")
        .put("path", "/metadata/managedFields")
        .set("value", managedFields);
    return written(live, "PATCH", path(live) + MANAGER, patch, ApiServer.JSON_PATCH);
  }

  /**
   * Deletes the object if it is still the one with this uid; its dependents go in the background.
   */
  public ApiResponse delete(KubeObject object) {
    return delete(object, JsonNodeFactory.instance.objectNode().put("uid", object.uid()));
  }

  /** Deletes the object if it is still exactly as it was read; a conflict if not. */
  public ApiResponse deleteUnchanged(KubeObject object) {
    return delete(
        object,
        JsonNodeFactory.instance
            .objectNode()
            .put("uid", object.uid())
            .put("resourceVersion", object.resourceVersion()));
  }

  private ApiResponse delete(KubeObject object, ObjectNode preconditions) {
    ObjectNode options = JsonNodeFactory.instance.objectNode();
    options.put("apiVersion", "v1").put("kind", "DeleteOptions");
    options.put("propagationPolicy", "Background");
    options.set("preconditions", preconditions);
    return asking(() -> api.send("DELETE", path(object), options, ApiServer.JSON));
  }

  private ApiResponse written(KubeObject object, String method, String path, JsonNode body) {
    return written(object, method, path, body, ApiServer.JSON);
  }

  /**
   * The answer to a write, which is the object as it is stored now.
   *
   * @throws ClusterException when there is none that can be read: whether it is stored is to be
   *     looked up then
   */
  private ApiResponse written(
      KubeObject object, String method, String path, JsonNode body, String contentType) {
    return asking(() -> api.send(method, path, body, contentType))
        .whole(object.kind(), object.name());
  }

  private String path(KubeObject object) {
    return type(object).path(object.namespace(), object.name());
  }

  private ResourceType type(KubeObject object) {
    return discovery
        .find(object.apiVersion(), object.kind())
        .orElseThrow(
            () ->
                new ClusterException(
                    "the API server serves no %s in %s"
                        .formatted(object.kind(), object.apiVersion()),
                    404));
  }
}
