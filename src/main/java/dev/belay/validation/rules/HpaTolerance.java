package dev.belay.validation.rules;

import dev.belay.validation.Rule;
import dev.belay.validation.Violation;

/**
 * A negative tolerance. API servers before 1.35 drop the field unread, unless the gate
 * HPAConfigurableTolerance is on.
 */
public final class HpaTolerance {

  public static final Rule RULE =
      Hpa.rule("hpa-tolerance")
          .denies("tolerance is negative.")
          .remedy("Set it to 0 or more, such as 50m for 5 percent, or leave it out for 0.1.")
          .source(Hpa.SOURCE + "validateScalingRules")
          .check(
              (hpa, scope) ->
                  Hpa.scalingRules(hpa).stream()
                      .map(rules -> rules.child("tolerance"))
                      .filter(tolerance -> Quantities.negative(tolerance.node()))
                      .map(
                          tolerance ->
                              Violation.at(
                                  tolerance.path(), tolerance.node(), "it must be 0 or more"))
                      .toList());

  private HpaTolerance() {}
}
