package dev.belay.cli;

import java.util.Locale;
import java.util.Optional;

/** What this process does. */
public enum Role {
  /** Answers the API server's admission reviews. */
  GATE,
  /** Watches, verifies, restores, explains. */
  WATCHER,
  /** Both, for a machine or a small cluster. */
  ALL;

  boolean gate() {
    return this != WATCHER;
  }

  boolean watcher() {
    return this != GATE;
  }

  static Optional<Role> of(String argument) {
    for (Role role : values()) {
      if (role.name().toLowerCase(Locale.ROOT).equals(argument)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}
