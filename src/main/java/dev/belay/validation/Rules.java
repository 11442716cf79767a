package dev.belay.validation;

import dev.belay.validation.rules.HpaMaxReplicas;
import dev.belay.validation.rules.HpaMetricName;
import dev.belay.validation.rules.HpaMetricSource;
import dev.belay.validation.rules.HpaMinReplicas;
import dev.belay.validation.rules.HpaScaleTarget;
import dev.belay.validation.rules.HpaScalingPolicy;
import dev.belay.validation.rules.HpaSelectPolicy;
import dev.belay.validation.rules.HpaStabilizationWindow;
import dev.belay.validation.rules.HpaTarget;
import dev.belay.validation.rules.HpaTargetType;
import dev.belay.validation.rules.HpaTolerance;
import java.util.List;

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
          HpaTolerance.RULE);

  private Rules() {}
}
