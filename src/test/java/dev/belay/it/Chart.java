package dev.belay.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A chart made on the spot, of one template. */
final class Chart {

  private Chart() {}

  /** The folder of a chart that renders this. */
  static String of(String template) {
    try {
      Path folder = Files.createTempDirectory(Path.of("target"), "chart");
      Files.createDirectories(folder.resolve("templates"));
      Files.writeString(
          folder.resolve("Chart.yaml"), "apiVersion: v2\nname: made\nversion: 0.1.0\n");
      Files.writeString(folder.resolve("templates/all.yaml"), template);
      return folder.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
