package dev.belay.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real client, run as a user runs it. */
record Command(int code, String out, String err) {

  private static final long MAX_SECONDS = 180;

  static Command run(Map<String, String> environment, List<String> words) {
    try {
      Path out = Files.createTempFile("belay-it", ".out");
      Path err = Files.createTempFile("belay-it", ".err");
      ProcessBuilder builder =
          new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
      builder.environment().putAll(environment);
      Process process = builder.start();
      try {
        if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
          throw new AssertionError(words + " did not end in " + MAX_SECONDS + " s");
        }
        return new Command(process.exitValue(), Files.readString(out), Files.readString(err));
      } finally {
        process.destroyForcibly();
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  Command succeeds() {
    if (code != 0) {
      throw new AssertionError("exit code " + code + "\n" + out + err);
    }
    return this;
  }

  /** What it says on both channels, when it is expected to fail. */
  String fails() {
    if (code == 0) {
      throw new AssertionError("it succeeded, and should have failed\n" + out + err);
    }
    return out + err;
  }
}
