package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.JsonReader;
import dev.belay.manifest.KubeObject;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Watches the objects of a kind, in all namespaces or in one, or their metadata alone: who only
 * wants to know that something has changed need not be sent, and need not read, all of it.
 */
final class ObjectWatch {

  /** What of each object is sent. */
  enum Content {
    METADATA("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"),
    WHOLE(ApiServer.JSON);

    private final String accept;

    Content(String accept) {
      this.accept = accept;
    }
  }

  /** The server ends the watch then; another one goes on where it ended. */
  private static final int SECONDS = 290;

  /** For as long as this it may be late with that; then the connection is given up. */
  private static final int GRACE = 30;

  /**
   * Bytes of an event, of which no custom resource and no object's metadata has as many: etcd
   * stores 1.5 MiB of an object, and an annotation's 256 KiB may be six times as long in JSON.
   */
  private static final int MAX_EVENT = 4 << 20;

  /**
   * The server sends a bookmark about once a minute; a connection on which nothing comes is dead.
   */
  private static final Duration SILENT = Duration.ofSeconds(150);

  private static final Duration CHECKED = Duration.ofSeconds(10);

  private static final int OK = 200;

  /** The server does not know any more what has changed since. */
  private static final int GONE = 410;

  private final ApiServer api;
  private final String path;
  private final Content content;
  private final Consumer<Event> changed;
  private String from;

  /**
   * What has happened.
   *
   * @param object as far as it is sent
   * @param deleted whether it is gone: one that goes at once was never marked as going
   */
  record Event(KubeObject object, boolean deleted) {}

  /**
   * A watch that is not open yet, and begins with what changes from now on.
   *
   * @param path of the collection, with its selectors as a query if it has any
   * @param changed is told of each object that was added, changed or deleted; must not block
   */
  ObjectWatch(ApiServer api, String path, Content content, Consumer<Event> changed) {
    this(api, path, content, "", changed);
  }

  /**
   * One that begins where a list ends.
   *
   * @param from the list's {@code resourceVersion}
   */
  ObjectWatch(ApiServer api, String path, Content content, String from, Consumer<Event> changed) {
    this.api = api;
    this.path = path;
    this.content = content;
    this.from = from;
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
      ApiResponse list = api.listMetadata(query + "limit=1").orThrow("listing " + path);
      from = list.object().resourceVersion();
      if (from.isEmpty() || !list.object().kind().endsWith("List")) {
        from = "";
        throw new ClusterException("listing " + path + ": the answer is no list", 0);
      }
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
                  content.accept,
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
        awaitEnd(body, lines);
      } finally {
        body.cancel();
      }
    } catch (ExecutionException e) {
      throw new ClusterException("watching " + path, e.getCause() == null ? e : e.getCause());
    }
  }

  private void awaitEnd(AsyncBody body, Lines lines)
      throws InterruptedException, ExecutionException {
    long begun = System.nanoTime();
    while (true) {
      try {
        body.done().get(CHECKED.toSeconds(), TimeUnit.SECONDS);
        return;
      } catch (TimeoutException e) {
        long now = System.nanoTime();
        boolean late = now - begun > Duration.ofSeconds(SECONDS + GRACE).toNanos();
        if (late || now - lines.heardNanos > SILENT.toNanos()) {
          throw new ClusterException("watching " + path + ": nothing comes any more", 0);
        }
      }
    }
  }

  /** Takes the stream apart: an event a line. Called by one thread at a time. */
  private final class Lines {

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private volatile boolean failed;
    private volatile String last = "";
    private volatile long heardNanos = System.nanoTime();

    void add(List<ByteBuffer> buffers) {
      heardNanos = System.nanoTime();
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
        JsonNode event = JsonReader.read(text, "object");
        String type = event.path("type").asText();
        if (type.equals("ERROR")) {
          failed = true;
          return;
        }
        KubeObject object = KubeObject.of(event.path("object"));
        if (object.resourceVersion().isEmpty()) {
          failed = true; // It is no event: something was missed.
          return;
        }
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
