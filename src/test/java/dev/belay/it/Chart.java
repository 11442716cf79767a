package dev.belay.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A chart made on the spot. */
final class Chart {

  private Chart() {}

  /** The demo shop, with these labels on every object, as Flux's helm-controller adds its own. */
  static String shopWith(String labels) {
    try {
      Path folder = Files.createTempDirectory(Path.of("target"), "chart");
      Path from = Path.of(TestNamespace.SHOP);
      try (Stream<Path> files = Files.walk(from)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path copy = folder.resolve(from.relativize(file));
          Files.createDirectories(copy.getParent());
          String text = Files.readString(file);
          Files.writeString(
              copy,
              file.endsWith("_labels.tpl") ? text.replaceFirst("\n", "\n" + labels + "\n") : text);
        }
      }
      return folder.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

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
