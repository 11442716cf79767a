package dev.belay.validation;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.rules.ClaimRef;
import dev.belay.validation.rules.ConfigKey;
import dev.belay.validation.rules.ConfigRef;
import dev.belay.validation.rules.DuplicateObject;
import dev.belay.validation.rules.HpaContainer;
import dev.belay.validation.rules.HpaMaxReplicas;
import dev.belay.validation.rules.HpaMetricName;
import dev.belay.validation.rules.HpaMetricSource;
import dev.belay.validation.rules.HpaMinReplicas;
import dev.belay.validation.rules.HpaResourceRequest;
import dev.belay.validation.rules.HpaScaleTarget;
import dev.belay.validation.rules.HpaScalingPolicy;
import dev.belay.validation.rules.HpaSelectPolicy;
import dev.belay.validation.rules.HpaStabilizationWindow;
import dev.belay.validation.rules.HpaTarget;
import dev.belay.validation.rules.HpaTargetMissing;
import dev.belay.validation.rules.HpaTargetType;
import dev.belay.validation.rules.HpaTolerance;
import dev.belay.validation.rules.IngressBackend;
import dev.belay.validation.rules.IngressBackendPort;
import dev.belay.validation.rules.IngressClass;
import dev.belay.validation.rules.PdbBlocksEvictions;
import dev.belay.validation.rules.ProbePort;
import dev.belay.validation.rules.PullSecret;
import dev.belay.validation.rules.ServiceSelectsNothing;
import dev.belay.validation.rules.ServiceTargetPort;
import dev.belay.validation.rules.StatefulsetService;
import dev.belay.validation.rules.StorageClass;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The rules, in the order in which they are asked and documented. */
public final class Rules {

  public static final List<Rule> ALL =
      List.of(
          HpaMinReplicas.RULE,
          HpaMaxReplicas.RULE,
          HpaScaleTarget.RULE,
          HpaMetricSource.RULE,
          HpaMetricName.RULE,
          HpaTarget.RULE,
          HpaTargetType.RULE,
          HpaScalingPolicy.RULE,
          HpaStabilizationWindow.RULE,
          HpaSelectPolicy.RULE,
          HpaTolerance.RULE,
          HpaTargetMissing.RULE,
          HpaContainer.RULE,
          HpaResourceRequest.RULE,
          ConfigRef.RULE,
          ConfigKey.RULE,
          ClaimRef.RULE,
          PullSecret.RULE,
          ProbePort.RULE,
          ServiceSelectsNothing.RULE,
          ServiceTargetPort.RULE,
          IngressBackend.RULE,
          IngressBackendPort.RULE,
          IngressClass.RULE,
          StatefulsetService.RULE,
          StorageClass.RULE,
          PdbBlocksEvictions.RULE,
          DuplicateObject.RULE);

  /** Every object of every client is asked about: it costs one look into a map. */
  private static final ByKind OF_OBJECT = ByKind.of(rule -> !rule.ofRelease());

  private static final ByKind OF_RELEASE = ByKind.of(rule -> true);

  private Rules() {}

  /** The rules about this object alone. */
  static List<Rule> ofObject(KubeObject object) {
    return OF_OBJECT.rules(object);
  }

  /** All rules about this object as a part of its release. */
  static List<Rule> of(KubeObject object) {
    return OF_RELEASE.rules(object);
  }

  private record ByKind(Map<String, List<Rule>> byKind, List<Rule> anyKind) {

    static ByKind of(Predicate<Rule> wanted) {
      List<Rule> rules = ALL.stream().filter(wanted).toList();
      Set<String> kinds = new HashSet<>();
      rules.forEach(rule -> kinds.addAll(rule.kinds()));
      Map<String, List<Rule>> byKind = new HashMap<>();
      for (String kind : kinds) {
        byKind.put(kind, rules.stream().filter(rule -> rule.concerns(kind)).toList());
      }
      return new ByKind(
          Map.copyOf(byKind), rules.stream().filter(rule -> rule.concerns(Rule.ANY_KIND)).toList());
    }

    List<Rule> rules(KubeObject object) {
      List<Rule> rules = byKind.get(object.group() + "/" + object.kind());
      return rules == null ? anyKind : rules;
    }
  }
}
