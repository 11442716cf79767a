package dev.belay.validation.rules;

import dev.belay.validation.Rule;

/**
 * A {@code scaleTargetRef} that names nothing. Its apiVersion is left to the dry run: on an update
 * the API server accepts one that it would refuse in a new object.
 */
public final class HpaScaleTarget {

  public static final Rule RULE =
      Hpa.rule("hpa-scale-target")
          .denies("scaleTargetRef has no kind or no name, or one that can't be one.")
          .remedy("Set kind and name to those of the workload that is to be scaled.")
          .source(Hpa.SOURCE + "ValidateCrossVersionObjectReference")
          .check((hpa, scope) -> Names.reference(Hpa.spec(hpa).child("scaleTargetRef")));

  private HpaScaleTarget() {}
}
