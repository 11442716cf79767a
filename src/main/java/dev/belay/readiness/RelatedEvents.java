package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The Events about one object, newest first, in both of the API groups that serve them. */
record RelatedEvents(List<RelatedEvents.Entry> entries) {

  /**
   * One Event.
   *
   * @param reason CamelCase
   * @param message what happened
   * @param container the container it is about; empty if none
   * @param warning whether its type is Warning
   * @param last when it was seen last, as RFC 3339 text, which sorts by time
   */
  record Entry(String reason, String message, String container, boolean warning, String last) {}

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
    entries.sort(Comparator.comparing(Entry::last).reversed());
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

  /** The newest warning; empty when there is none. */
  String newestWarning() {
    return entries.stream().filter(Entry::warning).map(Entry::message).findFirst().orElse("");
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
        event.text("", "reason"),
        event.text(event.text("", "note"), "message"),
        container(about.path("fieldPath").asText()),
        event.text("", "type").equals("Warning"),
        last(event));
  }

  /** {@code spec.containers{web}} is about the container web. */
  private static String container(String fieldPath) {
    int open = fieldPath.indexOf('{');
    return open < 0 || !fieldPath.endsWith("}")
        ? ""
        : fieldPath.substring(open + 1, fieldPath.length() - 1);
  }

  private static String last(KubeObject event) {
    String series = event.text("", "series", "lastObservedTime");
    String last = event.text(event.text("", "deprecatedLastTimestamp"), "lastTimestamp");
    return !series.isEmpty() ? series : !last.isEmpty() ? last : event.text("", "eventTime");
  }
}
