package dev.belay.readiness;

/** The state of one object, in the words of kstatus. */
public sealed interface Readiness permits Current, InProgress, Failed {

  /** One line for people: {@code Ready: 1/3}. Quotes others, each at most 300 characters. */
  String message();

  /** Whether something is wrong with the object, though it may pass. */
  default boolean isWrong() {
    return switch (this) {
      case Current current -> false;
      case InProgress inProgress -> inProgress.wrong().isPresent();
      case Failed failed -> true;
    };
  }
}
