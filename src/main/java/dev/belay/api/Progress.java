package dev.belay.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far an object has come since a change began. The clock of the verdict counts from the last
 * time that any of a change came further than ever before.
 *
 * @param template the Pod template that the marks are of; empty for what has none
 * @param templates how often the template has changed since the change began
 * @param marks the highest numbers that were seen, of Pods and containers at each step of a start;
 *     of a custom resource the conditions that were seen, as hashes
 * @param at when one of them last rose; null before
 * @param moved what that was
 * @param trouble what is wrong with it; empty where nothing is
 * @param troubleSince since when that is seen; null where nothing is wrong
 * @param firstExit when a container of the template was first seen to have exited; null where none
 *     has
 * @param touched whether the change was seen to want it, or data that its Pods read, to be
 *     otherwise
 * @param pullingSince since when an image is pulled without anything else coming further; null
 *     where none is
 * @param held what was seen while another object could still help it; null where none could
 * @param start how it starts; its {@code object} says whose all this is
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Progress(
    StartHistory start,
    String template,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int templates,
    List<Integer> marks,
    @Nullable Instant at,
    String moved,
    String trouble,
    @Nullable Instant troubleSince,
    @Nullable Instant firstExit,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean touched,
    @Nullable Instant pullingSince,
    @Nullable Held held) {

  /** Objects of which it is kept; of a larger change the rest has the time of the whole. */
  private static final int MAX = 1_000;

  public Progress {
    start = start == null ? StartHistory.of("", Map.of(), 0) : start;
    template = template == null ? "" : template;
    marks = marks == null ? List.of() : List.copyOf(marks);
    moved = moved == null ? "" : moved;
    trouble = trouble == null ? "" : trouble;
  }

  /**
   * What was seen of an object with trouble while another one, which may be what it waits for, was
   * not ready yet. A container has to try again after that before anything is certain.
   *
   * @param at when that was last so, to a few seconds
   * @param exits exits of runs that had begun by then
   * @param chance the same while the other object moved by itself, and did not only have to try
   *     again as this one
   */
  @RegisterForReflection
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Held(
      Instant at,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) int exits,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) int chance) {}

  /** The same, held so. */
  public Progress withHeld(@Nullable Held value) {
    return new Progress(
        start,
        template,
        templates,
        marks,
        at,
        moved,
        trouble,
        troubleSince,
        firstExit,
        touched,
        pullingSince,
        value);
  }

  /** As many as the {@code Release} can keep. */
  static List<Progress> bounded(@Nullable List<Progress> all) {
    return all == null ? List.of() : all.stream().limit(MAX).toList();
  }
}
