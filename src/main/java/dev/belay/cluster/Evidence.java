package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import dev.belay.readiness.Assess;
import dev.belay.readiness.Related;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/** What tells why a workload is as it is: its ReplicaSets, Pods, Events and logs. */
@ApplicationScoped
public class Evidence {

  /** The part of a log that is read: enough for 20 lines of three kilobytes. */
  static final int LOG_BYTES = 64 * 1024;

  /** The lines that are asked for, one number after the other while they are too long. */
  private static final int[] LOG_LINES = {20, 5, 1};

  /** What a limit of bytes leaves of a character at either end. */
  private static final Pattern HALF_CHARACTERS = Pattern.compile("^\uFFFD+|\uFFFD+$");

  private static final Logger LOG = Logger.getLogger(Evidence.class);

  /** Of one object there are far fewer: what happens again is counted. */
  private static final int MAX_EVENTS = 500;

  /** The API server keeps no cache of Events, and looks through all of the namespace. */
  private static final Duration EVENTS_TIMEOUT = Duration.ofSeconds(3);

  /** How long nothing is asked that was refused: somebody may grant it. */
  private static final Duration REFUSED = Duration.ofMinutes(10);

  private static final int FORBIDDEN = 403;

  private final AtomicReference<Instant> notBefore = new AtomicReference<>(Instant.EPOCH);
  private final Clock clock = Clock.systemUTC();
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
    List<KubeObject> pods =
        list("/api/v1/namespaces/%s/pods?labelSelector=%s".formatted(namespace, selector), "Pod");
    List<KubeObject> replicaSets =
        workload.kind().equals("Deployment")
            ? list(
                "/apis/apps/v1/namespaces/%s/replicasets?labelSelector=%s"
                    .formatted(namespace, selector),
                "ReplicaSet")
            : List.of();
    return new Related(replicaSets, pods, List.of());
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
        || clock.instant().isBefore(notBefore())) {
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
        notBefore.set(clock.instant().plus(REFUSED));
      }
      return response.ok() ? items(response, "Event") : List.of();
    } catch (ClusterException e) {
      LOG.debugf("Events of %s are not known: %s", about.key().display(), e.getMessage());
      return List.of();
    }
  }

  private Instant notBefore() {
    return java.util.Objects.requireNonNull(notBefore.get());
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
    boolean previous = !terminated(namespace, pod, container);
    LogEnd failed = end(path + "&previous=" + previous);
    return failed.text().isEmpty() ? end(path + "&previous=" + !previous) : failed;
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
    String text = HALF_CHARACTERS.matcher(new String(read, StandardCharsets.UTF_8)).replaceAll("");
    // What the kubelet answers, with 200, for a run whose log it has removed.
    return text.isBlank() || text.startsWith("unable to retrieve container logs")
        ? new LogEnd("", false)
        : new LogEnd(text, read.length >= LOG_BYTES || text.lines().count() >= lines);
  }

  private boolean terminated(String namespace, String pod, String container) {
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
    return items(api.get(path).orThrow("listing " + kind + "s"), kind);
  }

  /** A list's items do not say what they are. */
  private static List<KubeObject> items(ApiResponse list, String kind) {
    List<KubeObject> items = new ArrayList<>();
    list.object()
        .list("items")
        .forEach(
            item -> {
              KubeObject object = KubeObject.of(item);
              object.json().put("kind", kind);
              items.add(object);
            });
    return items;
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
