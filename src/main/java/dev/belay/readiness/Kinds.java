package dev.belay.readiness;

import static java.util.Map.entry;

import java.util.Map;

/** The rule of every kind that has one. */
final class Kinds {

  /** The kinds that a release waits for; by group and kind as in {@code Deployment.apps}. */
  static final Map<String, KindRule> GATING =
      Map.ofEntries(
          entry("Deployment.apps", Generic.observed(DeploymentReadiness::judge)),
          entry("Pod", PodReadiness::judge));

  private Kinds() {}
}
