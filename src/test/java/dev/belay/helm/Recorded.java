package dev.belay.helm;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.manifest.KubeObject;
import java.io.IOException;
import java.nio.file.Path;

/** Secrets that Helm itself wrote; see {@code src/test/resources/helm/README.md}. */
final class Recorded {

  private Recorded() {}

  /** The Secret of this revision, by {@code helm4} or {@code helm3}. */
  static KubeObject secret(String helm, int version) throws IOException {
    Path file = Path.of("src/test/resources/helm", helm, "v" + version + ".json");
    return KubeObject.of(new ObjectMapper().readTree(file.toFile()));
  }

  static HelmRecord record(String helm, int version) throws Exception {
    return HelmStorage.read(secret(helm, version));
  }
}
