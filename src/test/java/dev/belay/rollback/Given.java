package dev.belay.rollback;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ManifestReader;

/** Objects for tests, from YAML. */
final class Given {

  private Given() {}

  static KubeObject object(String yaml) {
    try {
      return ManifestReader.read(yaml).getFirst();
    } catch (ManifestException e) {
      throw new AssertionError("the test's own YAML", e);
    }
  }

  /** An object that has a name and nothing else. */
  static KubeObject named(String apiVersion, String kind, String name) {
    return object(
        "{apiVersion: %s, kind: %s, metadata: {name: %s, namespace: shop, uid: uid-of-%s}}"
            .formatted(apiVersion, kind, name, name));
  }
}
