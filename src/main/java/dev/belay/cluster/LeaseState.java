package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * A Lease as it is stored, and as it is to be stored. When it was last renewed is what the API
 * server says in {@code managedFields}: {@code spec.renewTime} is by the clock of whoever holds it.
 *
 * @param lease the object
 */
record LeaseState(KubeObject lease) {

  static final String API_VERSION = "coordination.k8s.io/v1";
  static final String KIND = "Lease";

  private static final DateTimeFormatter MICRO_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** A Lease that nobody holds and that is not stored yet. */
  static LeaseState none(String namespace, String name) {
    KubeObject lease = new KubeObject(JsonNodeFactory.instance.objectNode());
    lease.json().put("apiVersion", API_VERSION).put("kind", KIND);
    lease.json().putObject("metadata").put("namespace", namespace).put("name", name);
    return new LeaseState(lease);
  }

  /** Who holds it; empty where it was given back. */
  String holder() {
    return lease.text("", "spec", "holderIdentity");
  }

  /** By what it is known as long as nobody writes it. */
  String version() {
    return lease.uid() + "/" + lease.resourceVersion();
  }

  /**
   * Whether whoever holds it has long not renewed it, by the API server's clock: for twice the time
   * that it lasts, since one API server may have stored it, and another one say what time it is,
   * and their clocks may differ.
   *
   * @param otherwise how long it lasts where it does not say so itself
   */
  boolean isOver(Duration otherwise, Instant now) {
    return writtenAt()
        .filter(at -> !now.isBefore(at.plus(duration(otherwise).multipliedBy(2))))
        .isPresent();
  }

  /** How long it lasts after it was renewed. */
  Duration duration(Duration otherwise) {
    long seconds = lease.number(0, "spec", "leaseDurationSeconds");
    return seconds > 0 ? Duration.ofSeconds(seconds) : otherwise;
  }

  /** When the API server last stored it; empty where it says nothing of that. */
  private Optional<Instant> writtenAt() {
    Instant last = Instant.MIN;
    for (JsonNode entry : lease.list("metadata", "managedFields")) {
      try {
        Instant at = Instant.parse(entry.path("time").asText(""));
        last = at.isAfter(last) ? at : last;
      } catch (DateTimeException e) {
        return Optional.empty();
      }
    }
    return last.equals(Instant.MIN) ? Optional.empty() : Optional.of(last);
  }

  /**
   * The same, held by this one from now on; the time of day is for people and for older watchers.
   */
  LeaseState heldBy(String identity, Duration duration, Instant now) {
    KubeObject next = lease.copy();
    ObjectNode spec = next.json().withObjectProperty("spec");
    String time = time(now);
    if (!holder().equals(identity)) {
      spec.put("acquireTime", time);
      spec.put(
          "leaseTransitions",
          lease.number(0, "spec", "leaseTransitions") + (holder().isEmpty() ? 0 : 1));
    }
    spec.put("holderIdentity", identity);
    spec.put("leaseDurationSeconds", Math.max(1, duration.toSeconds()));
    spec.put("renewTime", time);
    return new LeaseState(next);
  }

  /** The same, held by nobody, so that the next one need not wait. */
  LeaseState givenBack(Instant now) {
    KubeObject next = lease.copy();
    ObjectNode spec = next.json().withObjectProperty("spec");
    spec.put("holderIdentity", "");
    spec.put("leaseDurationSeconds", 1);
    spec.put("renewTime", time(now));
    return new LeaseState(next);
  }

  /** As the API server writes a MicroTime: with six digits, and no fewer. */
  private static String time(Instant now) {
    return MICRO_TIME.format(now);
  }
}
