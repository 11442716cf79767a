package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a workload says its Pods look like.
 *
 * @param workload the object
 * @param part its template, with {@code metadata} and {@code spec}
 * @param labels the labels of its Pods; empty when they can't be read
 */
record PodTemplate(KubeObject workload, Part part, Optional<Map<String, String>> labels) {

  /** The kinds that have one. */
  static final String[] KINDS = {
    "apps/Deployment",
    "apps/StatefulSet",
    "apps/DaemonSet",
    "apps/ReplicaSet",
    "/ReplicationController",
    "batch/Job",
    "batch/CronJob",
    "/Pod"
  };

  private static final Set<String> KNOWN = Set.of(KINDS);

  /** The template of this object; empty when it is no workload. */
  static Optional<PodTemplate> of(KubeObject object) {
    if (!KNOWN.contains(object.group() + "/" + object.kind())) {
      return Optional.empty();
    }
    Part all = Part.of(object);
    Part template =
        switch (object.kind()) {
          case "Pod" -> all;
          case "CronJob" -> all.at("spec", "jobTemplate", "spec", "template");
          default -> all.at("spec", "template");
        };
    return Optional.of(
        new PodTemplate(object, template, template.at("metadata", "labels").texts()));
  }

  Part spec() {
    return part.child("spec");
  }

  /** All containers. */
  List<Part> containers() {
    List<Part> containers = new ArrayList<>(spec().child("initContainers").elements());
    containers.addAll(spec().child("containers").elements());
    return containers;
  }

  /**
   * The containers that run as long as the Pod does: init containers with {@code restartPolicy:
   * Always} are sidecars, the others end before it begins.
   */
  List<Part> lasting() {
    return Stream.concat(
            spec().child("containers").elements().stream(),
            spec().child("initContainers").elements().stream()
                .filter(container -> container.child("restartPolicy").text().equals("Always")))
        .toList();
  }

  /**
   * Whether a webhook is asked to add to the Pods what the template does not have, as the labels
   * and annotations of service meshes and agents do.
   */
  boolean isInjected() {
    Part metadata = part.child("metadata");
    return Stream.of("labels", "annotations")
        .flatMap(field -> metadata.child(field).node().properties().stream())
        .anyMatch(entry -> entry.getKey().toLowerCase(Locale.ROOT).contains("inject"));
  }

  /** The names of the volumes that a container mounts; the kubelet leaves the others alone. */
  Set<String> mounted() {
    Set<String> mounted = new HashSet<>();
    for (Part container : containers()) {
      Stream.of("volumeMounts", "volumeDevices")
          .flatMap(field -> container.child(field).elements().stream())
          .forEach(mount -> mounted.add(mount.child("name").text()));
    }
    return mounted;
  }

  /** Whether the container has such a port, or something that can't be read in place of one. */
  static boolean mayHavePort(Part container, Predicate<Part> wanted) {
    Part ports = container.child("ports");
    return (ports.present() && !ports.node().isArray())
        || ports.elements().stream()
            .anyMatch(
                port ->
                    !port.node().isObject()
                        || (port.child("name").present() && !port.child("name").node().isTextual())
                        || wanted.test(port));
  }
}
