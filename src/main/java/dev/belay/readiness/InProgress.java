package dev.belay.readiness;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The object is not yet as its spec asks, and may still become so by itself.
 *
 * @param message what is lacking, and why as far as that is known
 * @param pod name of the Pod that is waited for first; empty if none
 * @param container name of its container that is; empty if none
 * @param trouble what the object fails of should it not pass; null where nothing is wrong
 */
public record InProgress(String message, String pod, String container, @Nullable Trouble trouble)
    implements Readiness {

  public InProgress(String message, String pod, String container) {
    this(message, pod, container, null);
  }

  /** No Pod tells more. */
  public InProgress(String message) {
    this(message, "", "");
  }

  /** The same with more to be said. */
  public InProgress and(String more) {
    return new InProgress(message + "; " + more, pod, container, trouble);
  }

  /** The same with this trouble. */
  InProgress with(Trouble value) {
    return new InProgress(message, pod, container, value);
  }

  /** What is wrong; empty where nothing is. */
  public Optional<Trouble> wrong() {
    return Optional.ofNullable(trouble);
  }
}
