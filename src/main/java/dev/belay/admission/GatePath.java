package dev.belay.admission;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Turns away who does not know the path, before anything of a request's body is read. The path of
 * before is still let in: a webhook configuration may lag behind.
 */
@ApplicationScoped
public class GatePath {

  private static final int FIRST = 1_000;
  private static final int NOT_FOUND = 404;

  private volatile String current = "";
  private volatile String before = "";

  /** Lets in who uses this path element. */
  public synchronized void open(String path) {
    if (!path.equals(current)) {
      before = current;
      current = path;
    }
  }

  void guard(@Observes Filters filters) {
    filters.register(this::check, FIRST);
  }

  private void check(RoutingContext request) {
    if (knows(request.normalizedPath())) {
      request.next();
    } else {
      request.response().setStatusCode(NOT_FOUND).putHeader("Connection", "close").end();
    }
  }

  /** Takes the same time whichever character is wrong. */
  boolean knows(String requested) {
    int end = requested.indexOf('/', 1);
    byte[] said = requested.substring(1, Math.max(end, 1)).getBytes(StandardCharsets.UTF_8);
    return said.length > 0 && (same(said, current) || same(said, before));
  }

  private static boolean same(byte[] said, String path) {
    return MessageDigest.isEqual(said, path.getBytes(StandardCharsets.UTF_8));
  }
}
