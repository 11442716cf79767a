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

/** Writes Events about a release, for {@code kubectl describe} and {@code kubectl events}. */
@ApplicationScoped
public class EventWriter {

  /** The API server's own limit of an Event's message. */
  static final int MAX_MESSAGE = 1024;

  private final Objects objects;

  public EventWriter(Objects objects) {
    this.objects = objects;
  }

  /** Writes one Event. One that can't be written is lost: the Release says the same. */
  public void write(Release release, Reason reason, String message, Instant now) {
    String at = now.truncatedTo(ChronoUnit.SECONDS).toString();
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("apiVersion", "v1").put("kind", "Event");
    event
        .putObject("metadata")
        .put("namespace", release.namespace())
        .put("generateName", release.name() + ".");
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
    objects.create(new KubeObject(event));
  }
}
