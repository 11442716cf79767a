package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** The Events about one object, newest first, in both of the API groups that serve them. */
record RelatedEvents(List<RelatedEvents.Entry> entries) {

  /**
   * What is said, by events that are no warnings, once the trouble before is over: the next step
   * was made. What a Pod could not be scheduled for does not explain why its image is pulled for
   * long.
   */
  private static final Set<String> WENT_ON =
      Set.of(
          "Scheduled",
          "Pulling",
          "Pulled",
          "Created",
          "Started",
          "SuccessfulCreate",
          "EnsuredLoadBalancer",
          "WaitForFirstConsumer");

  /**
   * One Event.
   *
   * @param name of the Event itself, which ends with the time at which it was first written
   * @param reason CamelCase
   * @param message what happened
   * @param container the container it is about; empty if none
   * @param warning whether its type is Warning
   * @param last when it was seen last
   */
  record Entry(
      String name, String reason, String message, String container, boolean warning, Instant last) {

    private boolean wentOn() {
      return !warning && WENT_ON.contains(reason);
    }
  }

  static RelatedEvents about(KubeObject object, List<KubeObject> events) {
    List<Entry> entries = new ArrayList<>();
    for (KubeObject event : events) {
      JsonNode about = event.at("involvedObject");
      if (about.isMissingNode()) {
        about = event.at("regarding");
      }
      if (isSame(about, object)) {
        entries.add(entry(event, about));
      }
    }
    entries.sort(Comparator.comparing(Entry::last).thenComparing(Entry::name).reversed());
    return new RelatedEvents(List.copyOf(entries));
  }

  /** The newest message of this reason that has this text in it; empty when there is none. */
  String newest(String reason, String container, String text) {
    return entries.stream()
        .filter(e -> e.reason().equals(reason) && e.message().contains(text))
        .filter(e -> e.container().isEmpty() || e.container().equals(container))
        .map(Entry::message)
        .findFirst()
        .orElse("");
  }

  /** Whether the newest of them has this reason. */
  boolean newestIs(String reason) {
    return !entries.isEmpty() && entries.getFirst().reason().equals(reason);
  }

  /** The newest warning; empty when there is none, or when things went on since. */
  String newestWarning() {
    return entries.stream()
        .takeWhile(entry -> !entry.wentOn())
        .filter(Entry::warning)
        .map(Entry::message)
        .findFirst()
        .orElse("");
  }

  /** A uid tells a Pod from an earlier one of the same name, as StatefulSets have them. */
  private static boolean isSame(JsonNode about, KubeObject object) {
    String uid = about.path("uid").asText();
    if (!uid.isEmpty() && !object.uid().isEmpty()) {
      return uid.equals(object.uid());
    }
    return about.path("kind").asText().equals(object.kind())
        && about.path("name").asText().equals(object.name());
  }

  private static Entry entry(KubeObject event, JsonNode about) {
    return new Entry(
        event.name(),
        event.text("", "reason"),
        event.text(event.text("", "note"), "message"),
        container(about.path("fieldPath").asText()),
        event.text("", "type").equals("Warning"),
        EventTime.last(event));
  }

  /** {@code spec.containers{web}} is about the container web. */
  private static String container(String fieldPath) {
    int open = fieldPath.indexOf('{');
    return open < 0 || !fieldPath.endsWith("}")
        ? ""
        : fieldPath.substring(open + 1, fieldPath.length() - 1);
  }
}
