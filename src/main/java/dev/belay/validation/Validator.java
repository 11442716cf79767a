package dev.belay.validation;

import dev.belay.manifest.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Runs the rules over objects. */
public final class Validator {

  private Validator() {}

  /**
   * All that is wrong with these objects, each looked at by itself, in the order of the objects,
   * then of the rules. Nothing is said about what they refer to.
   */
  public static List<Finding> check(List<KubeObject> objects) {
    return check(objects, Map.of());
  }

  /**
   * The same, with severities that a policy sets.
   *
   * @param severities severity by id of the rule; a rule that is not in it has its own
   */
  public static List<Finding> check(List<KubeObject> objects, Map<String, Severity> severities) {
    return check(objects, Scope.alone(), severities, Rules::ofObject);
  }

  /**
   * All that is wrong with these objects of a release, in themselves and in what they refer to.
   *
   * @param objects what is checked
   * @param scope the release, and what is live
   */
  public static List<Finding> check(List<KubeObject> objects, Scope scope) {
    return check(objects, scope, Map.of());
  }

  /**
   * The same, with severities that a policy sets.
   *
   * @param severities severity by id of the rule; a rule that is not in it has its own
   */
  public static List<Finding> check(
      List<KubeObject> objects, Scope scope, Map<String, Severity> severities) {
    return check(objects, scope, severities, Rules::of);
  }

  /**
   * What forbids to write this object, looked at by itself: rules that only warn are not asked.
   *
   * @param severities severity by id of the rule; a rule that is not in it has its own
   */
  public static List<Finding> denied(KubeObject object, Map<String, Severity> severities) {
    List<Finding> findings = new ArrayList<>();
    for (Rule rule : Rules.ofObject(object)) {
      if (severities.getOrDefault(rule.id(), rule.severity()) == Severity.DENY) {
        findings.addAll(rule.findings(object, Scope.alone(), Severity.DENY));
      }
    }
    return findings;
  }

  private static List<Finding> check(
      List<KubeObject> objects,
      Scope scope,
      Map<String, Severity> severities,
      Function<KubeObject, List<Rule>> rules) {
    List<Finding> findings = new ArrayList<>();
    for (KubeObject object : objects) {
      for (Rule rule : rules.apply(object)) {
        Severity severity = severities.getOrDefault(rule.id(), rule.severity());
        if (severity != Severity.OFF) {
          findings.addAll(rule.findings(object, scope, severity));
        }
      }
    }
    return findings;
  }
}
