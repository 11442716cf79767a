package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import dev.belay.trace.Traces;
import dev.belay.trace.Work;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Single writes that the API server judges and does not store ({@code dryRun=All}), for somebody
 * else where Belay may impersonate.
 *
 * <p>Each takes at most {@link #TIMEOUT}. An object without a namespace is one of the cluster: the
 * namespace of the release, where it applies, is set by the caller.
 *
 * <p>All methods fail with a {@link ClusterException} when the API server does not answer.
 */
@ApplicationScoped
public class DryRun {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** As a client that has no other wish: unknown fields are told in a warning. */
  public static final String WARN = "Warn";

  /** Unknown and repeated fields are errors. */
  public static final String STRICT = "Strict";

  private final ApiServer api;
  private final Discovery discovery;
  private final Traces traces;

  public DryRun(ApiServer api, Discovery discovery, Traces traces) {
    this.api = api;
    this.discovery = discovery;
    this.traces = traces;
  }

  /**
   * What the API server answered.
   *
   * @param asked the object that it was asked about
   * @param response its answer; 404 when it does not serve the kind
   * @param asActor whether the actor was impersonated. If not, a 403 may be about Belay's own
   *     rights, and says nothing about the actor's
   */
  public record Answer(KubeObject asked, ApiResponse response, boolean asActor) {

    /**
     * Whether a webhook of somebody else does not let itself be asked (apiserver, {@code
     * webhook/errors}, NewDryRunUnsupportedErr): the answer is about the question only.
     */
    public boolean notAnswered() {
      return response.message().contains("does not support dry run");
    }
  }

  /** POST of the object: as a client that creates it. */
  public Answer create(KubeObject object, Actor actor, String fieldManager) {
    return create(object, actor, fieldManager, WARN);
  }

  /** POST of the object, with this validation of its fields ({@link #WARN}, {@link #STRICT}). */
  public Answer create(
      KubeObject object, Actor actor, String fieldManager, String fieldValidation) {
    return send(
        "POST",
        object,
        type(object).map(type -> type.collection(object.namespace())),
        query(fieldManager, fieldValidation),
        object.json(),
        ApiServer.JSON,
        actor);
  }

  /** The same for an object like this one, of a name that nothing in the cluster has. */
  public Answer createAnother(
      KubeObject object, Actor actor, String fieldManager, String fieldValidation) {
    return create(Objects.nameless(object), actor, fieldManager, fieldValidation);
  }

  /**
   * PUT of the object over the live one of its name. A conflict when its {@code resourceVersion},
   * if it has one, is not the live one.
   */
  public Answer replace(KubeObject object, Actor actor, String fieldManager) {
    return send(
        "PUT",
        object,
        path(object),
        query(fieldManager, WARN),
        object.json(),
        ApiServer.JSON,
        actor);
  }

  /** Server-side apply of the object. */
  public Answer apply(
      KubeObject object, Actor actor, String fieldManager, boolean force, String fieldValidation) {
    return send(
        "PATCH",
        object,
        path(object),
        query(fieldManager, fieldValidation) + "&force=" + force,
        object.json(),
        ApiServer.APPLY_PATCH,
        actor);
  }

  /**
   * A merge patch of the live object with this one's name.
   *
   * @param strategic whether the patch is a strategic one; a JSON merge patch (RFC 7386) if not
   */
  public Answer patch(
      KubeObject object, JsonNode patch, boolean strategic, Actor actor, String fieldManager) {
    return send(
        "PATCH",
        object,
        path(object),
        query(fieldManager, WARN),
        patch,
        strategic ? ApiServer.STRATEGIC_MERGE_PATCH : ApiServer.MERGE_PATCH,
        actor);
  }

  /** DELETE of the object; its dependents would go in the background. */
  public Answer delete(KubeObject object, Actor actor) {
    ObjectNode options = JsonNodeFactory.instance.objectNode();
    options.put("apiVersion", "v1").put("kind", "DeleteOptions");
    options.put("propagationPolicy", "Background").putArray("dryRun").add("All");
    return send("DELETE", object, path(object), "?dryRun=All", options, ApiServer.JSON, actor);
  }

  /** Asks, and is traced; what is not answered has no status code there. */
  private Answer send(
      String method,
      KubeObject object,
      Optional<String> path,
      String query,
      JsonNode body,
      String contentType,
      Actor actor) {
    if (path.isEmpty()) {
      return new Answer(object, NOT_SERVED, false);
    }
    try (Work work = traces.begin("dry run")) {
      work.with("http.request.method", method);
      work.with("belay.kind", object.kind()).with("belay.object", object.key().display());
      Answer answer = send(method, object, path.get() + query, body, contentType, actor);
      work.with("http.response.status_code", answer.response().code());
      return answer;
    }
  }

  private Answer send(
      String method,
      KubeObject object,
      String target,
      JsonNode body,
      String contentType,
      Actor actor) {
    Optional<List<Actor.Header>> headers = actor.impersonation();
    if (headers.isPresent() && !actor.isBelay()) {
      ApiResponse asked = api.send(method, target, body, contentType, TIMEOUT, headers.get());
      if (!mayNotImpersonate(asked)) {
        return new Answer(object, whole(method, object, asked), true);
      }
    }
    ApiResponse asked = api.send(method, target, body, contentType, TIMEOUT);
    return new Answer(object, whole(method, object, asked), false);
  }

  /** What would be stored; a deletion shows the object, or that it has succeeded. */
  private static ApiResponse whole(String method, KubeObject object, ApiResponse answer) {
    return method.equals("DELETE") ? answer : answer.whole(object.kind(), object.name());
  }

  /**
   * Whether Belay lacks the right to ask for somebody: {@code users "a" is forbidden: User "b"
   * cannot impersonate resource "users"} (apiserver, endpoints/filters/impersonation).
   */
  private static boolean mayNotImpersonate(ApiResponse answer) {
    return answer.code() == 403 && answer.message().contains(" cannot impersonate");
  }

  private static final ApiResponse NOT_SERVED =
      new ApiResponse(
          404,
          JsonNodeFactory.instance
              .objectNode()
              .put("message", "the API server does not serve this kind"),
          List.of());

  private Optional<ResourceType> type(KubeObject object) {
    return discovery.find(object.apiVersion(), object.kind());
  }

  private Optional<String> path(KubeObject object) {
    return type(object).map(type -> type.path(object.namespace(), object.name()));
  }

  private static String query(String fieldManager, String fieldValidation) {
    return "?dryRun=All&fieldManager="
        + URLEncoder.encode(fieldManager, StandardCharsets.UTF_8)
        + "&fieldValidation="
        + fieldValidation;
  }
}
