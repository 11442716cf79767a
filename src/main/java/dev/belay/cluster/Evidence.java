package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.LabelSelector;
import dev.belay.readiness.Assess;
import dev.belay.readiness.Related;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** What tells why a workload is as it is: its ReplicaSets, Pods, Events and logs. */
@ApplicationScoped
public class Evidence {

  /** The part of a log that is read: enough for 20 lines of three kilobytes. */
  static final int LOG_BYTES = 64 * 1024;

  /** The lines that are asked for, one number after the other while they are too long. */
  private static final int[] LOG_LINES = {20, 5, 1};

  /** What a limit of bytes leaves of a character at either end. */
  private static final char HALF_CHARACTER = '\uFFFD';

  private static final Logger LOG = Logger.getLogger(Evidence.class);

  /** Of one object there are far fewer: what happens again is counted. */
  private static final int MAX_EVENTS = 500;

  /** The API server keeps no cache of Events, and looks through all of the namespace. */
  private static final Duration EVENTS_TIMEOUT = Duration.ofSeconds(3);

  /** How long nothing is asked that was refused: somebody may grant it. */
  private static final Duration REFUSED = Duration.ofMinutes(10);

  private static final int FORBIDDEN = 403;

  /** How long a namespace that had too many Pods for one page is not tried again. */
  private static final Duration CROWDED = Duration.ofMinutes(1);

  /** When each of them was found to have too many, by {@link System#nanoTime()}. */
  private final Map<String, Long> crowded = new ConcurrentHashMap<>();

  /** When Events were refused last, by the same. */
  private volatile long refusedNanos = System.nanoTime() - REFUSED.toNanos();

  private final ApiServer api;

  public Evidence(ApiServer api) {
    this.api = api;
  }

  /** What belongs to this workload. Objects that select no Pods have nothing. */
  public Related related(KubeObject workload) {
    String selector = Assess.selectsPods(workload) ? selector(workload) : "";
    if (selector.isEmpty()) {
      return Related.NONE;
    }
    String namespace = workload.namespace();
    Asked<List<KubeObject>> replicaSets =
        Asked.of(
            () ->
                workload.kind().equals("Deployment")
                    ? list(
                        "/apis/apps/v1/namespaces/%s/replicasets?labelSelector=%s"
                            .formatted(namespace, selector),
                        "ReplicaSet")
                    : List.of());
    List<KubeObject> pods =
        list("/api/v1/namespaces/%s/pods?labelSelector=%s".formatted(namespace, selector), "Pod");
    return new Related(replicaSets.answer(), pods, List.of());
  }

  /**
   * All Pods and ReplicaSets of a namespace, of which those of many workloads are picked with two
   * requests; empty where there are more than a page has.
   */
  public Optional<Surrounding> surrounding(String namespace) {
    Long full = crowded.get(namespace);
    if (full != null && System.nanoTime() - full < CROWDED.toNanos()) {
      return Optional.empty();
    }
    Asked<Optional<List<KubeObject>>> replicaSets =
        Asked.of(
            () ->
                page("/apis/apps/v1/namespaces/%s/replicasets".formatted(namespace), "ReplicaSet"));
    Optional<List<KubeObject>> pods =
        page("/api/v1/namespaces/%s/pods".formatted(namespace), "Pod");
    Optional<List<KubeObject>> sets = replicaSets.answer();
    if (pods.isEmpty() || sets.isEmpty()) {
      crowded.put(namespace, System.nanoTime());
      return Optional.empty();
    }
    crowded.remove(namespace);
    return Optional.of(new Surrounding(sets.get(), pods.get()));
  }

  /** What there is in a namespace beside its workloads. */
  public record Surrounding(List<KubeObject> replicaSets, List<KubeObject> pods) {

    /** What of it belongs to this workload; empty where that can't be told by its selector. */
    public Optional<Related> related(KubeObject workload) {
      if (!Assess.selectsPods(workload)) {
        return Optional.of(Related.NONE);
      }
      return LabelSelector.read(workload.at("spec", "selector"))
          .filter(selector -> !selector.isEmpty())
          .map(
              selector ->
                  new Related(
                      workload.kind().equals("Deployment")
                          ? matching(replicaSets, selector)
                          : List.of(),
                      matching(pods, selector),
                      List.of()));
    }

    private static List<KubeObject> matching(List<KubeObject> all, LabelSelector selector) {
      return all.stream().filter(object -> selector.matches(object.labels())).toList();
    }
  }

  private Optional<List<KubeObject>> page(String path, String kind) {
    ApiResponse page = api.get(path + "?limit=" + ApiServer.PAGE);
    List<KubeObject> items = items(page, kind);
    return page.continues().isEmpty() ? Optional.of(items) : Optional.empty();
  }

  /**
   * The Events about this object, as far as one page has them; none where they are not known.
   *
   * <p>They explain, and nothing waits for them: a verdict has to come too where Belay may not read
   * them, as with the role of an older install, or where a namespace has too many to be read in
   * time.
   */
  public List<KubeObject> events(KubeObject about) {
    if (about.uid().isEmpty()
        || about.namespace().isEmpty()
        || System.nanoTime() - refusedNanos < REFUSED.toNanos()) {
      return List.of();
    }
    String path =
        "/api/v1/namespaces/%s/events?fieldSelector=%s&limit=%d"
            .formatted(
                about.namespace(),
                URLEncoder.encode("involvedObject.uid=" + about.uid(), StandardCharsets.UTF_8),
                MAX_EVENTS);
    try {
      ApiResponse response = api.get(path, EVENTS_TIMEOUT);
      if (response.code() == FORBIDDEN) {
        LOG.warnf("Events are not known: %s", response.message());
        refusedNanos = System.nanoTime();
      }
      return response.ok() ? items(response, "Event") : List.of();
    } catch (ClusterException e) {
      LOG.debugf("Events of %s are not known: %s", about.key().display(), e.getMessage());
      return List.of();
    }
  }

  /**
   * The end of a log.
   *
   * @param text its last lines
   * @param cut whether its beginning or its end may be in the middle of a line: the runtime stores
   *     a long line in parts, of which the kubelet counts each as one
   */
  public record LogEnd(String text, boolean cut) {}

  /**
   * The last lines of the log of the run that failed; empty when the node has it no more.
   *
   * <p>A container that is just terminated has it as its own; one that runs or waits again has it
   * as its previous one (kubelet, validateContainerLogStatus).
   */
  public LogEnd log(String namespace, String pod, String container) {
    String path =
        "/api/v1/namespaces/%s/pods/%s/log?container=%s&limitBytes=%d"
            .formatted(namespace, pod, container, LOG_BYTES);
    // Both are asked for at once: what the Pod says takes as long as a log that is not needed.
    Asked<LogEnd> last = Asked.of(() -> end(path + "&previous=true"));
    Asked<LogEnd> running = Asked.of(() -> end(path + "&previous=false"));
    boolean ended = terminated(namespace, pod, container);
    LogEnd failed = (ended ? running : last).answer();
    return failed.text().isEmpty() ? (ended ? last : running).answer() : failed;
  }

  /**
   * The kubelet goes back so many lines and stops after so many bytes from there: what is left out
   * of long lines is the end, with the cause. Fewer lines are asked for then.
   */
  private LogEnd end(String path) {
    byte[] read = {};
    int lines = 0;
    for (int i = 0; i < LOG_LINES.length && (i == 0 || read.length >= LOG_BYTES); i++) {
      lines = LOG_LINES[i];
      read = api.bytes(path + "&tailLines=" + lines);
    }
    String text = withoutHalves(new String(read, StandardCharsets.UTF_8));
    // What the kubelet answers, with 200, for a run whose log it has removed.
    return text.isBlank() || text.startsWith("unable to retrieve container logs")
        ? new LogEnd("", false)
        : new LogEnd(text, read.length >= LOG_BYTES || text.lines().count() >= lines);
  }

  private static String withoutHalves(String read) {
    int from = 0;
    int to = read.length();
    while (from < to && read.charAt(from) == HALF_CHARACTER) {
      from++;
    }
    while (to > from && read.charAt(to - 1) == HALF_CHARACTER) {
      to--;
    }
    return read.substring(from, to);
  }

  private boolean terminated(String namespace, String pod, String container) {
    // One that is gone, or can't be read, is taken for one that runs: both logs are asked for.
    KubeObject read = api.get("/api/v1/namespaces/%s/pods/%s".formatted(namespace, pod)).object();
    for (String statuses : List.of("containerStatuses", "initContainerStatuses")) {
      for (JsonNode status : read.list("status", statuses)) {
        if (status.path("name").asText().equals(container)) {
          return status.path("state").has("terminated");
        }
      }
    }
    return false;
  }

  private List<KubeObject> list(String path, String kind) {
    return api.list(kind, path, false).stream().map(item -> typed(item, kind)).toList();
  }

  private static List<KubeObject> items(ApiResponse list, String kind) {
    return list.items("listing " + kind + "s", kind).stream()
        .map(item -> typed(item, kind))
        .toList();
  }

  /** A list's items do not say what they are. */
  private static KubeObject typed(JsonNode item, String kind) {
    KubeObject object = KubeObject.of(item);
    object.json().put("kind", kind);
    return object;
  }

  /** The selector as the API server's lists take it; empty when the object has none. */
  private static String selector(KubeObject workload) {
    StringBuilder selector = new StringBuilder();
    workload
        .at("spec", "selector", "matchLabels")
        .properties()
        .forEach(
            label ->
                selector
                    .append(selector.isEmpty() ? "" : ",")
                    .append(label.getKey())
                    .append('=')
                    .append(label.getValue().asText()));
    for (JsonNode expression : workload.list("spec", "selector", "matchExpressions")) {
      String key = expression.path("key").asText();
      List<String> values = new ArrayList<>();
      expression.path("values").forEach(value -> values.add(value.asText()));
      String set = " (" + String.join(",", values) + ")";
      selector
          .append(selector.isEmpty() ? "" : ",")
          .append(
              switch (expression.path("operator").asText()) {
                case "In" -> key + " in" + set;
                case "NotIn" -> key + " notin" + set;
                case "Exists" -> key;
                case "DoesNotExist" -> "!" + key;
                default -> "";
              });
    }
    return URLEncoder.encode(selector.toString(), StandardCharsets.UTF_8);
  }
}
