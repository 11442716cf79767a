package dev.belay.validation;

/** What becomes of an object that breaks a rule. */
public enum Severity {
  /** It is refused. */
  DENY,
  /** It passes, and its sender is told. */
  WARN,
  /** It passes; the rule is not asked. */
  OFF
}
