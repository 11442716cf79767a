package dev.belay.rollback;

import dev.belay.manifest.KubeObject;
import java.util.Optional;

/** Claims that have grown since the stable revision: none can be made smaller again. */
public final class GrownClaims {

  private GrownClaims() {}

  /** What is said of this one; empty where it asks for what it asked for. */
  public static Optional<String> kept(KubeObject stable, KubeObject live) {
    String before = requested(stable);
    String now = requested(live);
    return stable.kind().equals("PersistentVolumeClaim") && !now.equals(before)
        ? Optional.of(
            "%s keeps %s, where it had %s: a claim can't be made smaller"
                .formatted(stable.key().display(), now, before))
        : Optional.empty();
  }

  private static String requested(KubeObject claim) {
    return claim.text("", "spec", "resources", "requests", "storage");
  }
}
