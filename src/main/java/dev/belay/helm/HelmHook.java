package dev.belay.helm;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One hook of a release, as in helm v4.3.1 {@code pkg/release/v1/hook.go}. Hooks are no part of the
 * manifest.
 *
 * @param name name of the object
 * @param kind kind of the object
 * @param path the template it comes from
 * @param manifest the object in YAML
 * @param events when it runs, for example {@code pre-upgrade}
 * @param weight hooks of one event run from the lowest weight up
 * @param deletePolicies when Helm deletes the object; empty stands for {@code before-hook-creation}
 * @param phase how its last run stands: {@code Running}, {@code Succeeded}, {@code Failed}, {@code
 *     Unknown}; empty when it never ran
 * @param startedAt when its last run began
 * @param completedAt when its last run ended
 */
public record HelmHook(
    String name,
    String kind,
    String path,
    String manifest,
    List<String> events,
    int weight,
    List<String> deletePolicies,
    String phase,
    @Nullable Instant startedAt,
    @Nullable Instant completedAt) {

  public HelmHook {
    events = List.copyOf(events);
    deletePolicies = List.copyOf(deletePolicies);
  }

  static HelmHook of(JsonNode hook) {
    JsonNode run = hook.path("last_run");
    return new HelmHook(
        hook.path("name").asText(""),
        hook.path("kind").asText(""),
        hook.path("path").asText(""),
        hook.path("manifest").asText(""),
        texts(hook.path("events")),
        hook.path("weight").asInt(0),
        texts(hook.path("delete_policies")),
        run.path("phase").asText(""),
        HelmTime.read(run.path("started_at")),
        HelmTime.read(run.path("completed_at")));
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(element -> texts.add(element.asText("")));
    return texts;
  }
}
