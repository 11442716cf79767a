package dev.belay.cluster;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.api.Names;
import dev.belay.api.Reason;
import dev.belay.api.Release;
import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/** Writes Events about a release, for {@code kubectl describe} and {@code kubectl events}. */
@ApplicationScoped
public class EventWriter {

  /** The API server's own limit of an Event's message. */
  static final int MAX_MESSAGE = 1024;

  private static final Logger LOG = Logger.getLogger(EventWriter.class);

  private static final int ATTEMPTS = 2;

  private final AtomicLong last = new AtomicLong();
  private final Objects objects;

  public EventWriter(Objects objects) {
    this.objects = objects;
  }

  /**
   * A name that sorts after those before it, as client-go's do: times of Events are whole seconds,
   * and clients show those of the same second in the order of their names.
   */
  String name(String release, Instant now) {
    long at = now.getEpochSecond() * 1_000_000_000 + now.getNano();
    return "%s.%x".formatted(release, last.updateAndGet(before -> Math.max(before + 1, at)));
  }

  /** Writes one Event. One that can't be written is lost: the Release says the same. */
  public void write(Release release, Reason reason, String message, Instant now) {
    String at = now.truncatedTo(ChronoUnit.SECONDS).toString();
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("apiVersion", "v1").put("kind", "Event");
    event
        .putObject("metadata")
        .put("namespace", release.namespace())
        .put("name", name(release.name(), now));
    event
        .putObject("involvedObject")
        .put("apiVersion", Names.API_VERSION)
        .put("kind", "Release")
        .put("namespace", release.namespace())
        .put("name", release.name())
        .put("uid", release.object().uid());
    event.put("type", reason.eventType()).put("reason", reason.name());
    event.put(
        "message", message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) : message);
    event.put("firstTimestamp", at).put("lastTimestamp", at).put("count", 1);
    event.putObject("source").put("component", "belay");
    create(new KubeObject(event), release);
  }

  /** Its name is its own: one that was stored although no answer came is not stored twice. */
  private void create(KubeObject event, Release release) {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        ApiResponse answer = objects.create(event);
        if (!answer.isPassing()) {
          return;
        }
      } catch (ClusterException e) {
        LOG.debugf("Event on Release %s: %s", release.name(), e.getMessage());
      }
    }
  }
}
