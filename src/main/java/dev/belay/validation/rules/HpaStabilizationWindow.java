package dev.belay.validation.rules;

import dev.belay.validation.Rule;
import dev.belay.validation.Violation;

/** A stabilization window that is negative or longer than an hour. */
public final class HpaStabilizationWindow {

  private static final long MAX_SECONDS = 3600;

  public static final Rule RULE =
      Hpa.rule("hpa-stabilization-window")
          .denies("stabilizationWindowSeconds is below 0 or above 3600.")
          .remedy("Set it to at most an hour, or leave it out for the default.")
          .source(Hpa.SOURCE + "validateScalingRules")
          .check(
              (hpa, scope) ->
                  Hpa.scalingRules(hpa).stream()
                      .map(rules -> rules.child("stabilizationWindowSeconds"))
                      .filter(window -> window.integer(n -> n < 0 || n > MAX_SECONDS))
                      .map(
                          window ->
                              Violation.at(
                                  window.path(), window.node(), "it must be from 0 to 3600"))
                      .toList());

  private HpaStabilizationWindow() {}
}
