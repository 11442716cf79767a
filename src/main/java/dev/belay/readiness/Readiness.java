package dev.belay.readiness;

/** The state of one object, in the words of kstatus. */
public sealed interface Readiness permits Current, InProgress, Failed {

  /** One line for people: {@code Ready: 1/3}. Quotes others, each at most 300 characters. */
  String message();
}
