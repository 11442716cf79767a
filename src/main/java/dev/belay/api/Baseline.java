package dev.belay.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;

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

  public Baseline {
    object = object == null ? "" : object;
  }
}
