package dev.belay.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.belay.api.Names;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.manifest.KubeObject;
import dev.belay.rollout.FutureTimes;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Reads and writes {@code Release}s. */
@ApplicationScoped
public class Releases {

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

  private static final Logger LOG = Logger.getLogger(Releases.class);
  private static final String KIND = "Release";

  private final ApiServer api;
  private final Reach reach;
  private final Objects objects;

  public Releases(ApiServer api, Reach reach, Objects objects) {
    this.api = api;
    this.reach = reach;
    this.objects = objects;
  }

  /** The release; empty when there is none of this name. */
  public Optional<Release> get(String namespace, String name) {
    return objects.get(Names.API_VERSION, KIND, namespace, name).map(Releases::release);
  }

  /** Whether the API server knows what a Release is; after an uninstall it may not. */
  public boolean areServed() {
    return objects.areServed(Names.API_VERSION, KIND);
  }

  /** The names of all releases of a namespace that Belay knows. */
  public List<String> names(String namespace) {
    return api.list(KIND, path(namespace), true).stream()
        .map(item -> KubeObject.of(item).name())
        .toList();
  }

  /** Every release in reach that Belay knows and whose status can be read. */
  public List<Release> everywhere() {
    List<Release> all = new ArrayList<>();
    reach.forEach(
        Names.API_VERSION,
        KIND,
        "releases",
        false,
        item -> readable(KubeObject.of(item)).ifPresent(all::add));
    return all;
  }

  /** All releases of a namespace whose status can be read. */
  public List<Release> in(String namespace) {
    return api.list(KIND, path(namespace), false).stream()
        .flatMap(item -> readable(KubeObject.of(item)).stream())
        .toList();
  }

  private static String path(String namespace) {
    return "/apis/%s/namespaces/%s/releases".formatted(Names.API_VERSION, namespace);
  }

  /** Creates the release, or answers the one that is there. */
  public Release create(String namespace, String name) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", Names.API_VERSION).put("kind", KIND);
    object.putObject("metadata").put("namespace", namespace).put("name", name);
    ApiResponse response = objects.create(new KubeObject(object));
    if (response.conflict()) {
      return get(namespace, name)
          .orElseThrow(() -> new ClusterException("Release " + name + " is going away", 409));
    }
    return release(response.orThrow("creating Release " + name).object());
  }

  /**
   * Writes this status, based on the state that was read.
   *
   * @throws ClusterException with code 409 when somebody else has written since: the caller must
   *     read again before it does anything
   */
  public Release update(Release release, ReleaseStatus status) {
    KubeObject changed = release.object().copy();
    changed.json().set("status", JSON.valueToTree(status));
    return release(
        objects
            .replaceStatus(changed)
            .orThrow("writing the status of Release " + release.name())
            .object());
  }

  /**
   * The release without times in its status that have not come yet, as it is stored from now on.
   *
   * @throws ClusterException with code 409 when somebody else has written since
   */
  public Release withoutFuture(Release release, Instant now) {
    ObjectNode status = JSON.valueToTree(release.status());
    if (!FutureTimes.cut(status, now)) {
      return release;
    }
    LOG.warnf(
        "Release %s/%s: its status has times after %s, the API server's; they count as now",
        release.namespace(), release.name(), now);
    KubeObject object = release.object().copy();
    object.json().set("status", status);
    Release cut = release(object);
    return update(cut, cut.status());
  }

  /** The same, where the status says anything new. */
  public void updateIfNew(Release release, ReleaseStatus status) {
    if (!status.equals(release.status())) {
      update(release, status);
    }
  }

  /**
   * Takes this annotation away.
   *
   * @throws ClusterException with code 409 when somebody else has written since
   */
  public Release withoutAnnotation(Release release, String annotation) {
    KubeObject changed = release.object().copy();
    if (changed.at("metadata", "annotations") instanceof ObjectNode annotations) {
      annotations.remove(annotation);
    }
    return release(objects.replace(changed).orThrow("writing Release " + release.name()).object());
  }

  /** Deletes the release; harmless when it is gone. */
  public void delete(Release release) {
    ApiResponse response = objects.delete(release.object());
    if (!response.isGone(release.name())) {
      response.orThrow("deleting Release " + release.name());
    }
  }

  private static Optional<Release> readable(KubeObject item) {
    item.json().put("apiVersion", Names.API_VERSION).put("kind", KIND);
    try {
      return Optional.of(release(item));
    } catch (ClusterException e) {
      return Optional.empty();
    }
  }

  private static Release release(KubeObject object) {
    JsonNode status = object.at("status");
    try {
      return new Release(
          object,
          status.isObject() ? JSON.treeToValue(status, ReleaseStatus.class) : ReleaseStatus.NEW);
    } catch (JsonProcessingException e) {
      throw new ClusterException(
          "the status of Release %s can't be read; `kubectl delete release %s` makes it new"
              .formatted(object.name(), object.name()),
          e);
    }
  }
}
