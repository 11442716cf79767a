package dev.belay.readiness;

import dev.belay.manifest.ObjectKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A cause that may pass by itself, and the evidence for it. When it counts as a failure depends on
 * the rest of the change as well, which an object does not know.
 *
 * @param cause what the object fails of, should the trouble not pass
 * @param sign how much the trouble tells
 */
public record Trouble(Cause cause, Sign sign) {

  /** How much a trouble tells. */
  public sealed interface Sign {}

  /** Nothing but another change makes it pass. */
  public record Certain() implements Sign {}

  /**
   * A container that exits again and again.
   *
   * @param container its name
   * @param init whether it runs before the others
   * @param counts its exits on all Pods of the template
   */
  public record Exits(String container, boolean init, ExitCounts counts) implements Sign {}

  /** A container that its runtime can't start, by a text that tells of the image or the command. */
  public record NotStarted() implements Sign {}

  /**
   * An image that its registry does not know.
   *
   * @param since when it was first asked for; null where that is not known
   */
  public record ImageNotFound(@Nullable Instant since) implements Sign {}

  /**
   * A ConfigMap or Secret, or a key in it, that the Pods need.
   *
   * @param object the ConfigMap or Secret
   * @param key the key in it; empty where the object is missing as a whole
   */
  public record Missing(ObjectKey object, String key) implements Sign {}

  /** A refusal of somebody who answers, and may answer otherwise once something has changed. */
  public record Denied() implements Sign {}

  /** The deadline of the object's own controller, which has passed. */
  public record Overdue() implements Sign {}

  /** Nothing that is certain before the timeout. */
  public record MayPass() implements Sign {}

  static Trouble certain(Cause cause) {
    return new Trouble(cause, new Certain());
  }

  static Trouble mayPass(Cause cause) {
    return new Trouble(cause, new MayPass());
  }

  boolean isCertain() {
    return sign instanceof Certain;
  }

  /** The one of several that tells most comes first. */
  int rank() {
    return switch (sign) {
      case Certain certain -> 0;
      case ImageNotFound notFound -> 1;
      case Exits exits -> 2;
      case NotStarted notStarted -> 3;
      case Denied denied -> 4;
      case Missing missing -> 5;
      case Overdue overdue -> 6;
      case MayPass mayPass -> 7;
    };
  }
}
