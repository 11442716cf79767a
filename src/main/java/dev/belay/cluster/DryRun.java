package dev.belay.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/** Asks the API server whether it would accept an object, without storing it. */
@ApplicationScoped
public class DryRun {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String QUERY = "?dryRun=All&fieldManager=helm";

  private final ApiServer api;
  private final Discovery discovery;

  public DryRun(ApiServer api, Discovery discovery) {
    this.api = api;
    this.discovery = discovery;
  }

  /**
   * The API server's answer to this object, as Helm is going to send it.
   *
   * @param serverSide whether Helm uses server-side apply
   * @return empty when the kind is not served
   */
  public Optional<ApiResponse> apply(KubeObject object, String namespace, boolean serverSide) {
    Optional<ResourceType> found = discovery.find(object.apiVersion(), object.kind());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    ResourceType type = found.get();
    String own = object.namespace().isEmpty() ? namespace : object.namespace();
    if (object.name().isEmpty()) {
      return Optional.of(create(type, own, object));
    }
    if (serverSide) {
      return Optional.of(serverSideApply(type, own, object));
    }
    ApiResponse live = api.get(type.path(own, object.name()));
    if (live.notFound()) {
      return Optional.of(create(type, own, object));
    }
    return Optional.of(live.ok() ? merged(type, own, object, live.object()) : live);
  }

  private ApiResponse create(ResourceType type, String namespace, KubeObject object) {
    return api.send(
        "POST", type.collection(namespace) + QUERY, object.json(), ApiServer.JSON, TIMEOUT);
  }

  private ApiResponse serverSideApply(ResourceType type, String namespace, KubeObject object) {
    String path = type.path(namespace, object.name()) + QUERY + "&fieldValidation=Strict";
    ApiResponse polite =
        api.send("PATCH", path + "&force=false", object.json(), ApiServer.APPLY_PATCH, TIMEOUT);
    if (!polite.conflict()) {
      return polite;
    }
    // Helm's record does not tell whether --force-conflicts was given. With it, the object has to
    // be valid; without it, the conflict is what the user has to know of.
    ApiResponse forced =
        api.send("PATCH", path + "&force=true", object.json(), ApiServer.APPLY_PATCH, TIMEOUT);
    return forced.ok() ? polite : forced;
  }

  /**
   * Helm's three-way merge keeps what others have set and takes away what it had set itself. Both
   * ends of that are tried, and only what is refused either way is refused: the object laid over
   * the live one, and the object in place of the live one.
   */
  private ApiResponse merged(
      ResourceType type, String namespace, KubeObject object, KubeObject live) {
    String path = type.path(namespace, object.name()) + QUERY;
    ApiResponse over =
        api.send("PATCH", path + "&force=true", object.json(), ApiServer.APPLY_PATCH, TIMEOUT);
    if (over.ok()) {
      return over;
    }
    KubeObject replacement = object.copy();
    ((ObjectNode) replacement.json().get("metadata"))
        .put("resourceVersion", live.resourceVersion());
    ApiResponse inPlace = api.send("PUT", path, replacement.json(), ApiServer.JSON, TIMEOUT);
    if (inPlace.ok()) {
      return inPlace;
    }
    // Of two lists of complaints the shorter one has fewer that only this way of asking brings up.
    return causes(over) < causes(inPlace) ? over : inPlace;
  }

  private static int causes(ApiResponse refused) {
    return refused.body().path("details").path("causes").size();
  }
}
