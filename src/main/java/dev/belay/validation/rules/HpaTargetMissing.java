package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Scope;
import dev.belay.validation.Violation;
import java.util.List;
import java.util.Locale;

/** An HPA whose workload is not there. */
public final class HpaTargetMissing {

  public static final Rule RULE =
      Hpa.rule("hpa-target-missing")
          .ofRelease()
          .warns(
              "scaleTargetRef names a Deployment, StatefulSet or ReplicaSet that is neither in the"
                  + " release nor in its namespace, or that the upgrade removes: nothing is scaled.")
          .remedy("Name the workload that is to be scaled.")
          .source(
              "kubernetes v1.37.2, pkg/controller/podautoscaler/horizontal.go,"
                  + " reconcileAutoscaler")
          .check(HpaTargetMissing::violations);

  private HpaTargetMissing() {}

  private static List<Violation> violations(KubeObject hpa, Scope scope) {
    return HpaReference.of(hpa, scope).stream()
        .filter(target -> target.find(scope).isMissing())
        .filter(
            target ->
                !Makers.of(scope)
                    .mayMake(target.kind().toLowerCase(Locale.ROOT) + "s", target.name().text()))
        .map(target -> target.name().wrong(target.find(scope).problem(target.kind())))
        .toList();
  }
}
