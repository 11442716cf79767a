package dev.belay.api;

/**
 * The reasons of a {@code Release}'s conditions and Events, in the CamelCase that Kubernetes
 * prints.
 */
public enum Reason {
  /** All workloads are ready and stable; this state is stored as the stable revision. */
  Verified("Normal"),
  /** A change set is open and has not become ready yet. */
  Verifying("Normal"),
  /** The client that changes the release has not finished. */
  ClientActive("Normal"),
  /** The stable revision is being restored. */
  RollingBack("Warning"),
  /** The stable revision is restored and its workloads are ready again. */
  RolledBack("Warning"),
  /** The stable revision could not be restored, or did not become ready again. */
  RollbackFailed("Warning"),
  /** The release failed and is left as it is: there is no stable revision to go back to. */
  NoStableRevision("Warning"),
  /** The release failed and is left as it is: its policy wants a person to roll it back. */
  RollbackManual("Warning"),
  /** The release failed and is left as it is: its policy wants no rollback. */
  RollbackOff("Warning"),
  /** The release failed in a namespace that is only observed. */
  Observed("Warning"),
  /** The {@code Release} is annotated with something that can't be read. Of Events only. */
  Ignored("Warning"),
  /** Somebody asked for a revision to be restored, and it is not. Of Events only. */
  NotRolledBack("Warning"),
  /** The gate refused a write. Of Events only: the release itself has not changed. */
  Refused("Warning"),
  /** The gate would have refused a write in a namespace that is only observed. Of Events only. */
  WouldRefuse("Warning");

  private final String eventType;

  Reason(String eventType) {
    this.eventType = eventType;
  }

  /** {@code Normal} or {@code Warning}, as Events know them. */
  public String eventType() {
    return eventType;
  }
}
