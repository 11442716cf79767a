package dev.belay.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a workload started when it was verified: what is normal for it.
 *
 * @param object group, kind, namespace and name, as in {@code Deployment.apps/shop/web}
 * @param exits how often containers exited before all was ready, 0 times included; of one that is
 *     not named nothing is known
 * @param seconds how long the slowest Pod took to get ready; 0 where that is not known
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record StartHistory(
    String object,
    List<ContainerExits> exits,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int seconds) {

  /** Containers of a Pod that are remembered. */
  private static final int MAX = 50;

  /**
   * Exits of one container.
   *
   * @param container its name
   * @param times how often it exited, on the Pod on which it did most
   */
  @RegisterForReflection
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ContainerExits(String container, int times) {}

  @JsonCreator
  public StartHistory {
    object = object == null ? "" : object;
    exits = exits == null ? List.of() : exits.stream().limit(MAX).toList();
  }

  /** The same, by the names of the containers. */
  public static StartHistory of(String object, Map<String, Integer> exits, int seconds) {
    return new StartHistory(
        object,
        new TreeMap<>(exits)
            .entrySet().stream().map(e -> new ContainerExits(e.getKey(), e.getValue())).toList(),
        seconds);
  }

  /** How often this container exited; empty where no start of it is known. */
  public OptionalInt exits(String container) {
    return exits.stream()
        .filter(each -> each.container().equals(container))
        .mapToInt(ContainerExits::times)
        .findFirst();
  }

  /** This, completed by what the other knows of containers that this one does not. */
  public StartHistory or(@Nullable StartHistory other) {
    if (other == null) {
      return this;
    }
    Map<String, Integer> all = new TreeMap<>();
    other.exits().forEach(exit -> all.put(exit.container(), exit.times()));
    exits.forEach(exit -> all.put(exit.container(), exit.times()));
    return of(object, all, seconds > 0 ? seconds : other.seconds());
  }
}
