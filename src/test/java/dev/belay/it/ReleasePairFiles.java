package dev.belay.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The files of one run of a row, in a folder of its own, with the namespace's name in them.
 *
 * @param named those in which there is something named after the namespace
 */
record ReleasePairFiles(Path folder, List<Path> named) implements AutoCloseable {

  private static final String NAMESPACE = "NAMESPACE";

  static ReleasePairFiles copied(Path row, String namespace) throws IOException {
    Path folder = Files.createTempDirectory("release-pair");
    List<Path> named = new ArrayList<>();
    for (Path file : list(row)) {
      String text = Files.readString(file);
      Path copy = folder.resolve(file.getFileName());
      Files.writeString(copy, text.replace(NAMESPACE, namespace));
      if (text.contains(NAMESPACE)) {
        named.add(copy);
      }
    }
    return new ReleasePairFiles(folder, named);
  }

  boolean has(String file) {
    return Files.exists(folder.resolve(file));
  }

  /** The folder of a chart with this manifest, and with {@code crds.yaml} if there is one. */
  String chart(String manifest) throws IOException {
    Path chart = Files.createDirectory(folder.resolve(manifest));
    Files.writeString(chart.resolve("Chart.yaml"), "{apiVersion: v2, name: shop, version: 1.0.0}");
    Path templates = Files.createDirectory(chart.resolve("templates"));
    Files.copy(folder.resolve(manifest + ".yaml"), templates.resolve("all.yaml"));
    if (has("crds.yaml")) {
      Path crds = Files.createDirectory(chart.resolve("crds"));
      Files.copy(folder.resolve("crds.yaml"), crds.resolve("all.yaml"));
    }
    return chart.toString();
  }

  /** Deletes what does not go with the namespace: what has its own name from it. */
  @Override
  public void close() throws IOException {
    for (Path file : named) {
      // Some of it was never made, and some of it could not be: that is what the table is about.
      Command.run(
          Map.of(),
          List.of(
              "kubectl", "delete", "--ignore-not-found", "--wait=false", "-f", file.toString()));
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
