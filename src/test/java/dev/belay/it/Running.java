package dev.belay.it;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client that is at work, and may be killed at it. */
record Running(Process process) implements AutoCloseable {

  static Running helm(TestNamespace namespace, Helm helm, String... words) throws IOException {
    List<String> all = new ArrayList<>(List.of(helm.command));
    all.addAll(List.of(words));
    all.addAll(List.of("-n", namespace.name()));
    return new Running(
        new ProcessBuilder(all)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.to(new File("/dev/null")))
            .start());
  }

  /** SIGKILL, as a CI system does to a job that was cancelled. */
  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
  }
}
