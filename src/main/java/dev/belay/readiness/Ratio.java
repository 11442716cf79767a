package dev.belay.readiness;

/** What a workload still lacks, as short as kstatus says it: {@code Ready: 1/3}. */
final class Ratio {

  private Ratio() {}

  /** {@code Ready: 1/3} when there are fewer than there should be; else empty. */
  static String below(String word, long have, long want) {
    return have < want ? word + ": " + have + "/" + want : "";
  }

  /** {@code Pending termination: 1} when there are more than there should be; else empty. */
  static String above(long have, long want) {
    return have > want ? "Pending termination: " + (have - want) : "";
  }

  /** The first that is not empty; empty when nothing is lacking. */
  static String first(String... ratios) {
    for (String ratio : ratios) {
      if (!ratio.isEmpty()) {
        return ratio;
      }
    }
    return "";
  }
}
