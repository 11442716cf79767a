package dev.belay.readiness;

/**
 * The object is not yet as its spec asks, and may still become so by itself.
 *
 * @param message what is lacking, and why as far as that is known
 * @param pod name of the Pod that is waited for first; empty if none
 * @param container name of its container that is; empty if none
 */
public record InProgress(String message, String pod, String container) implements Readiness {

  /** No Pod tells more. */
  public InProgress(String message) {
    this(message, "", "");
  }

  /** The same with more to be said. */
  public InProgress and(String more) {
    return new InProgress(message + "; " + more, pod, container);
  }
}
