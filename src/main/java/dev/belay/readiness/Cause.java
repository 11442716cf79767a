package dev.belay.readiness;

import dev.belay.manifest.ObjectKey;

/**
 * Why an object failed.
 *
 * <p>The message may quote what a container or a registry said; it is not masked here.
 *
 * @param reason CamelCase, one of {@link Reasons}
 * @param object the object that failed, not its Pod
 * @param pod name of the Pod that shows it; empty if none
 * @param container name of the container that shows it; empty if none
 * @param exitCode exit code of that container, 0 to 255; -1 if none
 * @param restarts how often that container was restarted; 0 if none
 * @param message one sentence: {@code container web exited 3: cannot connect to db}
 * @param evidence by what it is known that this will not pass; empty where the message tells
 */
public record Cause(
    String reason,
    ObjectKey object,
    String pod,
    String container,
    int exitCode,
    int restarts,
    String message,
    String evidence) {

  public Cause(
      String reason,
      ObjectKey object,
      String pod,
      String container,
      int exitCode,
      int restarts,
      String message) {
    this(reason, object, pod, container, exitCode, restarts, message, "");
  }

  /** Ends the message of a container that ended and left no word of why. */
  public static final String WITHOUT_MESSAGE = ", without a termination message";

  /** The exit code where there is none. */
  public static final int NO_EXIT = -1;

  /** A cause that the object itself shows, without a Pod. */
  public static Cause ofObject(String reason, ObjectKey object, String message) {
    return new Cause(reason, object, "", "", NO_EXIT, 0, message);
  }

  /** A cause that a Pod shows, or its container that has not ended. */
  public static Cause ofPod(
      String reason, ObjectKey object, String pod, String container, String message) {
    return new Cause(reason, object, pod, container, NO_EXIT, 0, message);
  }

  /** The same cause under the reason of another kind. */
  Cause withReason(String other) {
    return new Cause(other, object, pod, container, exitCode, restarts, message, evidence);
  }

  /** The same cause in these words. */
  public Cause withMessage(String value) {
    return new Cause(reason, object, pod, container, exitCode, restarts, value, evidence);
  }

  /** The same cause, known by this. */
  public Cause withEvidence(String value) {
    return new Cause(reason, object, pod, container, exitCode, restarts, message, value);
  }
}
