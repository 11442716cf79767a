package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.manifest.KubeObject;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Watches the metadata of a kind, in all namespaces or in one: who only wants to know that
 * something has changed need not be sent, and need not read, all of it. Begins with what changes
 * from now on.
 */
final class MetadataWatch {

  private static final String METADATA =
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

  /** The server ends the watch then; another one goes on where it ended. */
  private static final int SECONDS = 290;

  /** For as long as this it may be late with that; then the connection is given up. */
  private static final int GRACE = 30;

  /** No object's metadata is that long: the API server allows 256 KiB of annotations. */
  private static final int MAX_EVENT = 2 << 20;

  private static final int OK = 200;

  /** The server does not know any more what has changed since. */
  private static final int GONE = 410;

  private final ApiServer api;
  private final String path;
  private final Consumer<Event> changed;
  private final ObjectMapper json = new ObjectMapper();
  private String from = "";

  /**
   * What has happened.
   *
   * @param object its metadata
   * @param deleted whether it is gone: one that goes at once was never marked as going
   */
  record Event(KubeObject object, boolean deleted) {}

  /**
   * A watch that is not open yet.
   *
   * @param path of the collection, with its selectors as a query if it has any
   * @param changed is told of each object that was added, changed or deleted; must not block
   */
  MetadataWatch(ApiServer api, String path, Consumer<Event> changed) {
    this.api = api;
    this.path = path;
    this.changed = changed;
  }

  /**
   * Watches until the server ends it, or the connection does. Called again, it goes on where it
   * was; only where the server can't tell what came after that it begins with what changes from
   * then on.
   *
   * @throws ClusterException when it can't be opened, or breaks
   */
  void run() throws InterruptedException {
    String query = path + (path.contains("?") ? "&" : "?");
    if (from.isEmpty()) {
      from =
          api.listMetadata(query + "limit=1").orThrow("listing " + path).object().resourceVersion();
    }
    Lines lines = new Lines();
    String begun = from;
    try {
      watch(begun, query, lines);
    } finally {
      from = lines.failed ? "" : lines.last.isEmpty() ? begun : lines.last;
    }
    if (lines.failed) {
      throw new ClusterException("watching " + path + ": it has missed something", GONE);
    }
  }

  private void watch(String begun, String query, Lines lines) throws InterruptedException {
    try {
      HttpResponse<AsyncBody> response =
          api.stream(
                  query
                      + "watch=1&allowWatchBookmarks=true&timeoutSeconds="
                      + SECONDS
                      + "&resourceVersion="
                      + begun,
                  METADATA,
                  (buffers, body) -> {
                    lines.add(buffers);
                    body.consume();
                  })
              .get();
      AsyncBody body = response.body();
      if (response.code() != OK) {
        body.cancel();
        lines.failed = true; // It may know nothing of that version, or not be so far yet.
        throw new ClusterException(
            "watching %s: HTTP %d".formatted(path, response.code()), response.code());
      }
      try {
        body.consume();
        body.done().get(SECONDS + GRACE, TimeUnit.SECONDS);
      } finally {
        body.cancel();
      }
    } catch (TimeoutException e) {
      throw new ClusterException("watching " + path + ": its end never came", 0);
    } catch (ExecutionException e) {
      throw new ClusterException("watching " + path, e.getCause() == null ? e : e.getCause());
    }
  }

  /** Takes the stream apart: an event a line. Called by one thread at a time. */
  private final class Lines {

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private volatile boolean failed;
    private volatile String last = "";

    void add(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        while (buffer.hasRemaining()) {
          byte next = buffer.get();
          if (next == '\n') {
            event(line.toByteArray());
            line.reset();
          } else if (line.size() < MAX_EVENT) {
            line.write(next);
          } else {
            failed = true;
          }
        }
      }
    }

    private void event(byte[] text) {
      try {
        JsonNode event = json.readTree(text);
        String type = event.path("type").asText();
        if (type.equals("ERROR")) {
          failed = true;
          return;
        }
        KubeObject object = KubeObject.of(event.path("object"));
        last = object.resourceVersion();
        if (!type.equals("BOOKMARK")) {
          changed.accept(new Event(object, type.equals("DELETED")));
        }
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        // Nothing may escape: the stream would stop, and not be known to have.
        failed = true;
      }
    }
  }
}
