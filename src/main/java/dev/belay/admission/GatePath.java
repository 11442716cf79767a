package dev.belay.admission;

import dev.belay.cluster.GateKey;
import dev.belay.cluster.ServerClock;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Turns away who does not know the path, before anything of a request's body is read. Let in are
 * the path of this hour; that of the hour before, since the webhook configurations may lag behind;
 * and that of the hour after, since another gate, whose clock is ahead, may have written them. The
 * same of the key of before, which the other gates may still use: for two hours at most.
 */
@ApplicationScoped
public class GatePath {

  private static final int FIRST = 1_000;
  private static final int NOT_FOUND = 404;

  private final InstantSource clock;
  private volatile Known known = Known.of(List.of(), 0, 0);

  @Inject
  public GatePath(ServerClock clock) {
    this((InstantSource) clock::now);
  }

  GatePath(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * The paths that are let in during an hour. Made once: each of them costs a digest.
   *
   * @param keys the present one first
   * @param since the hour in which that came
   */
  private record Known(List<GateKey> keys, long since, long hour, List<byte[]> paths) {

    static Known of(List<GateKey> keys, long since, long hour) {
      List<byte[]> paths =
          keys.stream()
              .flatMap(key -> LongStream.rangeClosed(hour - 1, hour + 1).mapToObj(key::path))
              .map(path -> path.getBytes(StandardCharsets.US_ASCII))
              .toList();
      return new Known(keys, since, hour, paths);
    }

    Known in(long hour) {
      boolean old = hour > since + 1;
      return of(old ? keys.stream().limit(1).toList() : keys, since, hour);
    }
  }

  /** Lets in who uses a path of this key. */
  public synchronized void open(GateKey key) {
    List<GateKey> before = known.keys();
    if (before.isEmpty() || !key.equals(before.getFirst())) {
      List<GateKey> both = Stream.concat(Stream.of(key), before.stream()).limit(2).toList();
      long hour = GateKey.hour(clock.instant());
      known = Known.of(both, hour, hour);
    }
  }

  void guard(@Observes Filters filters) {
    filters.register(this::check, FIRST);
  }

  private void check(RoutingContext request) {
    if (knows(request)) {
      request.next();
    } else {
      Unread.closes(request.request());
      request.response().setStatusCode(NOT_FOUND).end();
    }
  }

  private boolean knows(RoutingContext request) {
    try {
      return knows(request.normalizedPath());
    } catch (IllegalArgumentException e) {
      return false; // No path: an escape in it is none.
    }
  }

  /** Takes the same time whichever character is wrong, and whichever path is right. */
  boolean knows(String requested) {
    int end = requested.indexOf('/', 1);
    byte[] said = requested.substring(1, Math.max(end, 1)).getBytes(StandardCharsets.UTF_8);
    boolean known = false;
    for (byte[] path : present().paths()) {
      known |= MessageDigest.isEqual(said, path);
    }
    return known;
  }

  private Known present() {
    long hour = GateKey.hour(clock.instant());
    return known.hour() == hour ? known : turned(hour);
  }

  private synchronized Known turned(long hour) {
    if (known.hour() != hour) {
      known = known.in(hour);
    }
    return known;
  }
}
