package dev.belay.validation;

import dev.belay.validation.rules.HpaMaxReplicas;
import dev.belay.validation.rules.HpaMinReplicas;
import dev.belay.validation.rules.HpaTarget;
import java.util.List;

/** The rules, in the order in which they are asked and documented. */
public final class Rules {

  public static final List<Rule> ALL =
      List.of(HpaMinReplicas.RULE, HpaMaxReplicas.RULE, HpaTarget.RULE);

  private Rules() {}
}
