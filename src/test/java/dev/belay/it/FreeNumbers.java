package dev.belay.it;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Numbers that tests name in Services: each is handed out once. They are of the lower part of their
 * range, of which the API server itself gives only when the rest is used up.
 */
final class FreeNumbers {

  /** The first of 30000 to 32767, of which 86 are kept for those who ask. */
  private static final AtomicInteger NODE_PORT = new AtomicInteger(30_000);

  /** The second of 10.0.0.0/24, of which 16 are; the first is the API server's own. */
  private static final AtomicInteger ADDRESS = new AtomicInteger(2);

  private FreeNumbers() {}

  static int nodePort() {
    return NODE_PORT.getAndIncrement();
  }

  static String address() {
    return "10.0.0." + ADDRESS.getAndIncrement();
  }
}
