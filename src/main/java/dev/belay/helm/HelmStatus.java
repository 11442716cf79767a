package dev.belay.helm;

import java.util.Locale;

/** The status of a release record, as in helm v4.3.1 {@code pkg/release/common/status.go}. */
public enum HelmStatus {
  DEPLOYED,
  SUPERSEDED,
  FAILED,
  UNINSTALLED,
  UNINSTALLING,
  PENDING_INSTALL,
  PENDING_UPGRADE,
  PENDING_ROLLBACK,
  UNKNOWN;

  private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** As Helm writes it, for example {@code pending-upgrade}. */
  public String text() {
    return text;
  }

  /** The status that Helm writes this way; {@link #UNKNOWN} for any other text. */
  public static HelmStatus of(String text) {
    for (HelmStatus status : values()) {
      if (status.text.equals(text)) {
        return status;
      }
    }
    return UNKNOWN;
  }

  /** Whether Helm takes the release away, or has taken it away and keeps its history. */
  public boolean uninstall() {
    return this == UNINSTALLING || this == UNINSTALLED;
  }

  /** Whether Helm is, or was when it died, at work on the release. */
  public boolean pending() {
    return this == PENDING_INSTALL || this == PENDING_UPGRADE || this == PENDING_ROLLBACK;
  }
}
