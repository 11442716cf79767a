package dev.belay.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What holds for some releases of a namespace instead of the defaults, as a person has written it
 * down: the {@code spec} of a {@code ReleasePolicy}. What it does not say is as it is without one.
 *
 * @param releases names of releases, or {@code *} at the end of one for any rest; none for all
 * @param timeout as {@code 90s} or {@code 10m}
 * @param soak the same
 * @param quiet the same
 * @param rollback what becomes of a change that failed
 * @param failFast whether a change fails as soon as it is known to, or with its timeout
 * @param failure which evidence is enough to call a change failed before its timeout
 * @param historyLimit stored revisions that are kept
 * @param rules severity by id of a rule: {@code deny}, {@code warn}, {@code off}
 */
@RegisterForReflection
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReleasePolicy(
    List<String> releases,
    @Nullable String timeout,
    @Nullable String soak,
    @Nullable String quiet,
    @Nullable String rollback,
    @Nullable Boolean failFast,
    @Nullable Evidence failure,
    @Nullable Integer historyLimit,
    Map<String, String> rules) {

  public ReleasePolicy {
    releases = releases == null ? List.of() : List.copyOf(releases);
    rules = rules == null ? Map.of() : Map.copyOf(rules);
  }

  /**
   * Which evidence is enough; what is null is as it is without a policy.
   *
   * @param when {@code Evidence} or {@code Restarts}
   * @param exits exits of a container with an error that are a crash loop, from 2 to 20
   * @param minimum time since the first of them, as {@code 10s}
   * @param patience time that is given to what may well pass
   * @param imageNotFound time that an image may be unknown to its registry
   * @param maximum time for a whole change, however it moves
   */
  @RegisterForReflection
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Evidence(
      @Nullable String when,
      @Nullable Integer exits,
      @Nullable String minimum,
      @Nullable String patience,
      @Nullable String imageNotFound,
      @Nullable String maximum) {}

  /** A policy and what it is called. */
  public record Named(String name, ReleasePolicy policy) {}

  /**
   * The one that holds for a release: the one that names it most exactly, and of two that do so
   * equally the one whose own name comes first.
   */
  public static Optional<Named> of(List<Named> policies, String release) {
    Named best = null;
    int bestFit = -1;
    for (Named named : policies) {
      int fit = named.policy().fit(release);
      boolean first = best != null && named.name().compareTo(best.name()) < 0;
      if (fit > bestFit || (fit == bestFit && fit >= 0 && first)) {
        best = named;
        bestFit = fit;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Characters that are named and the same; -1 where it does not hold. The whole name is best. */
  private int fit(String release) {
    if (releases.isEmpty()) {
      return 0;
    }
    int best = -1;
    for (String pattern : releases) {
      boolean open = pattern.endsWith("*");
      String begin = open ? pattern.substring(0, pattern.length() - 1) : pattern;
      if (open && release.startsWith(begin)) {
        best = Math.max(best, begin.length());
      } else if (!open && release.equals(pattern)) {
        return Integer.MAX_VALUE;
      }
    }
    return best;
  }
}
