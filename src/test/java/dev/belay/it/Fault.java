package dev.belay.it;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** What may go wrong with one request between a client and the API server. */
enum Fault {
  /** The API server is overloaded, and does not take it. */
  TOO_MANY_REQUESTS,
  /** The API server fails before it has done anything. */
  SERVER_ERROR,
  /** The connection ends before anything of the request has come through. */
  RESET,
  /** What was asked for is done, and half of the answer comes. */
  CUT,
  /** What was asked for is done, and no answer comes. */
  LOST,
  /** An authorizer or a webhook in trouble refuses it. */
  FORBIDDEN,
  /** A proxy in trouble answers 200 with an empty object. */
  EMPTY,
  /** A proxy in trouble answers 200 with a page. */
  PAGE,
  /** A proxy in trouble answers 404 with a page. */
  NO_PAGE;

  /** Which request fails how. */
  interface Plan {
    /**
     * The fault of this request; null where it has none.
     *
     * @param path with its query
     */
    @Nullable Fault of(String method, String path);
  }

  private static final Fault[] AT_RANDOM = {TOO_MANY_REQUESTS, SERVER_ERROR, RESET, CUT, LOST};

  /**
   * So many percent of all requests fail. Which ones follows from the seed: for the n-th request of
   * a path it is always the same, in whatever order requests come.
   */
  static Plan some(long seed, int percent) {
    Map<String, AtomicInteger> times = new ConcurrentHashMap<>();
    return (method, path) -> {
      String request = method + " " + path.replaceAll("\\?.*", "");
      int n = times.computeIfAbsent(request, first -> new AtomicInteger()).incrementAndGet();
      long hash = mixed(mixed(seed) ^ mixed(request.hashCode()) ^ mixed(n));
      boolean fails = Math.floorMod(hash, 100) < percent;
      return fails ? AT_RANDOM[Math.floorMod(hash >> 20, AT_RANDOM.length)] : null;
    };
  }

  /** The first so many requests like these fail. */
  static Plan first(int times, Fault fault, BiPredicate<String, String> which) {
    AtomicInteger left = new AtomicInteger(times);
    return (method, path) -> which.test(method, path) && left.getAndDecrement() > 0 ? fault : null;
  }

  /** Each bit depends on each bit (the last step of splitmix64). */
  private static long mixed(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
