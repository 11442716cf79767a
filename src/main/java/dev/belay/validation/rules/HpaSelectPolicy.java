package dev.belay.validation.rules;

import dev.belay.validation.Rule;
import dev.belay.validation.Violation;
import java.util.Set;

/** A choice between policies that does not exist. */
public final class HpaSelectPolicy {

  private static final Set<String> CHOICES = Set.of("Max", "Min", "Disabled");

  public static final Rule RULE =
      Hpa.rule("hpa-select-policy")
          .denies("selectPolicy is none of Max, Min and Disabled.")
          .remedy("Set it to Max, Min or Disabled, or leave it out for Max.")
          .source(Hpa.SOURCE + "validateScalingRules")
          .check(
              (hpa, scope) ->
                  Hpa.scalingRules(hpa).stream()
                      .map(rules -> rules.child("selectPolicy"))
                      .filter(
                          choice ->
                              choice.node().isTextual()
                                  && !CHOICES.contains(choice.node().textValue()))
                      .map(
                          choice ->
                              Violation.at(choice.path(), choice.node(), "there is no such choice"))
                      .toList());

  private HpaSelectPolicy() {}
}
