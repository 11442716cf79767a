package dev.belay.api;

/** What Belay does in a namespace: the value of the label {@value Names#MODE_LABEL}. */
public enum Mode {
  /** Validates, reports and warns; never denies, never restores. */
  OBSERVE,
  /** Refuses what would fail and restores what failed. */
  ENFORCE,
  /** No label, or a value that is neither: Belay does nothing there. */
  NONE;

  /** The mode that a label's value names; {@link #NONE} for anything unknown. */
  public static Mode of(String label) {
    return switch (label) {
      case "observe" -> OBSERVE;
      case "enforce" -> ENFORCE;
      default -> NONE;
    };
  }
}
