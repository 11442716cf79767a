package dev.belay.validation;

import dev.belay.manifest.KubeObject;
import java.util.Optional;

/** What is known of one object that another one names. */
public sealed interface Found {

  /**
   * It is there.
   *
   * @param it the object; of a live ConfigMap or Secret only the names of its keys
   */
  record There(KubeObject it) implements Found {}

  /** It is not seen. */
  enum Unseen implements Found {
    /** It is certainly not there. */
    MISSING,
    /** It is there still, and this upgrade removes it. */
    GOING,
    /** Nobody could be asked, or nobody answered. A rule says nothing then. */
    UNKNOWN
  }

  /** Whether it is certainly not there, at the latest when the release is applied. */
  default boolean isMissing() {
    return this == Unseen.MISSING || this == Unseen.GOING;
  }

  /** What is wrong with naming what is missing, as a clause. */
  default String problem(String kind) {
    return this == Unseen.GOING ? "this upgrade removes that " + kind : "there is no such " + kind;
  }

  /** The object; empty when it is not there, and when that is not known. */
  default Optional<KubeObject> object() {
    return this instanceof There there ? Optional.of(there.it()) : Optional.empty();
  }
}
