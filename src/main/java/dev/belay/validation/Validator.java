package dev.belay.validation;

import dev.belay.manifest.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs all rules over objects. */
public final class Validator {

  private Validator() {}

  /** All that is wrong, in the order of the objects, then of the rules. */
  public static List<Finding> check(List<KubeObject> objects) {
    return check(objects, Map.of());
  }

  /**
   * All that is wrong, with severities that a policy sets.
   *
   * @param severities severity by id of the rule; a rule that is not in it has its own
   */
  public static List<Finding> check(List<KubeObject> objects, Map<String, Severity> severities) {
    Scope scope = new Scope(objects);
    List<Finding> findings = new ArrayList<>();
    for (KubeObject object : objects) {
      for (Rule rule : Rules.ALL) {
        Severity severity = severities.getOrDefault(rule.id(), rule.severity());
        if (severity != Severity.OFF && rule.concerns(object)) {
          findings.addAll(rule.findings(object, scope, severity));
        }
      }
    }
    return findings;
  }
}
