package dev.belay.rollback;

import dev.belay.manifest.KubeObject;

/** What of a live object is worth keeping: everything that somebody wanted, nothing observed. */
public final class Snapshot {

  private Snapshot() {}

  /** The object without its status; {@code managedFields} stay, to be restored with it. */
  public static KubeObject of(KubeObject live) {
    KubeObject kept = live.copy();
    kept.json().remove("status");
    return kept;
  }
}
