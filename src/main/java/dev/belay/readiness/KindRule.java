package dev.belay.readiness;

/** What makes one kind Current; asked after the checks that are the same for all kinds. */
@FunctionalInterface
interface KindRule {

  Readiness judge(Subject subject);
}
