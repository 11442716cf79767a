package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.LabelSelector;
import dev.belay.text.Digits;
import dev.belay.validation.Rule;
import dev.belay.validation.Scope;
import dev.belay.validation.Violation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A budget that allows no eviction although all Pods are healthy. Shares are rounded up, so that
 * 50% of one Pod is that Pod.
 */
public final class PdbBlocksEvictions {

  public static final Rule RULE =
      Rule.of("pdb-blocks-evictions")
          .kinds("policy/PodDisruptionBudget")
          .ofRelease()
          .warns(
              "A PodDisruptionBudget allows no eviction even when all Pods are healthy: a node"
                  + " can't be drained.")
          .remedy("Set maxUnavailable to 1 or more instead.")
          .source(
              "kubernetes v1.37.2, pkg/controller/disruption/disruption.go, getExpectedPodCount,"
                  + " updatePdbStatus")
          .check(PdbBlocksEvictions::violations);

  private PdbBlocksEvictions() {}

  private static List<Violation> violations(KubeObject pdb, Scope scope) {
    Part min = Part.of(pdb).at("spec", "minAvailable");
    Part max = Part.of(pdb).at("spec", "maxUnavailable");
    if (max.present()) {
      boolean none = !min.present() && (max.integer(n -> n == 0) || percent(max).orElse(1) == 0);
      return none ? List.of(max.wrong("no Pod can ever be evicted")) : List.of();
    }
    if (percent(min).orElse(0) >= 100) {
      return List.of(min.wrong("no Pod can ever be evicted"));
    }
    if (!min.integer(n -> n > 0) && percent(min).orElse(0) == 0) {
      return List.of();
    }
    Optional<PdbPods> pods =
        LabelSelector.read(pdb.at("spec", "selector"))
            .flatMap(selector -> PdbPods.of(selector, scope.namespaceOf(pdb), scope));
    return pods
        .filter(selected -> selected.count() > 0 && needed(min, selected) >= selected.count())
        .map(selected -> min.wrong("no Pod can be evicted while there " + selected.text()))
        .stream()
        .toList();
  }

  /** How many Pods must stay, of so many. */
  private static long needed(Part min, PdbPods pods) {
    OptionalLong percent = percent(min);
    return percent.isPresent()
        ? Math.ceilDiv(percent.getAsLong() * pods.count(), 100L)
        : min.node().longValue();
  }

  private static OptionalLong percent(Part part) {
    String text = part.text();
    OptionalInt percent =
        text.endsWith("%")
            ? Digits.read(text.substring(0, text.length() - 1), Digits.MAX)
            : OptionalInt.empty();
    return percent.isPresent() ? OptionalLong.of(percent.getAsInt()) : OptionalLong.empty();
  }
}
