package dev.belay.cli;

import dev.belay.cluster.ClusterException;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Inject;

/** The commands that do something once and end: 0 when it is done, 1 when not, with the reason. */
public class Once implements QuarkusApplication {

  @Inject Cleanup cleanup;
  @Inject Verify verify;

  @Override
  public int run(String... args) throws InterruptedException {
    try {
      if (args[0].equals(Cleanup.NAME)) {
        cleanup.run();
      } else {
        verify.run();
      }
      return 0;
    } catch (Undone e) {
      System.err.println("belay " + args[0] + ": " + e.getMessage());
    } catch (ClusterException e) {
      System.err.println("belay " + args[0] + ": the API server: " + e.getMessage());
    }
    return 1;
  }

  /** Why it could not be done, and what to do. */
  static final class Undone extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Undone(String message) {
      super(message);
    }
  }
}
