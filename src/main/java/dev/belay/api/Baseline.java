package dev.belay.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an object of a release was when a change of it was first seen: what was lacking then does not
 * come of the change.
 *
 * @param object group, kind, namespace and name, as in {@code Deployment.apps/shop/web}
 * @param pods how many Pods it was to have; 0 for what has none
 * @param available how many of them were available
 * @param ready whether it was as ready as a release waits for
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Baseline(String object, int pods, int available, boolean ready) {

  /** Objects whose state is kept; of a larger release the rest is judged as it is. */
  private static final int MAX = 1_000;

  public Baseline {
    object = object == null ? "" : object;
  }

  /** As many as the {@code Release} can keep. */
  static List<Baseline> bounded(@Nullable List<Baseline> all) {
    return all == null ? List.of() : all.stream().limit(MAX).toList();
  }
}
