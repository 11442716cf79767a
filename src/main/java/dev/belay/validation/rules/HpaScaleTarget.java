package dev.belay.validation.rules;

import dev.belay.validation.Rule;
import dev.belay.validation.Violation;
import java.util.List;

/**
 * A {@code scaleTargetRef} that names nothing. Its apiVersion is left to the dry run: on an update
 * the API server accepts one that it would refuse in a new object.
 */
public final class HpaScaleTarget {

  public static final Rule RULE =
      Hpa.rule("hpa-scale-target")
          .denies("scaleTargetRef has a kind or a name that can't be one.")
          .remedy("Set kind and name to those of the workload that is to be scaled.")
          .source(Hpa.SOURCE + "ValidateCrossVersionObjectReference")
          .check((hpa, scope) -> violations(Hpa.spec(hpa).child("scaleTargetRef")));

  private HpaScaleTarget() {}

  /** Left out, it may be another manager's: the live object has it then. */
  private static List<Violation> violations(Part target) {
    return target.child("kind").present() && target.child("name").present()
        ? Names.reference(target)
        : List.of();
  }
}
