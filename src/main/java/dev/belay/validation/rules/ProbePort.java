package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Violation;
import java.util.List;
import java.util.stream.Stream;

/**
 * A probe or hook that names a port which its container does not have. The kubelet looks in that
 * container alone, and the probe fails for good.
 */
public final class ProbePort {

  public static final Rule RULE =
      Rule.of("probe-port")
          .kinds(PodTemplate.KINDS)
          .warns(
              "A probe, postStart or preStop names a port that its container does not have: it"
                  + " always fails.")
          .remedy("Name a port of this container, or give its number.")
          .source("kubernetes v1.37.2, pkg/probe/util.go, ResolveContainerPort")
          .check((workload, scope) -> violations(workload));

  private ProbePort() {}

  private static List<Violation> violations(KubeObject workload) {
    return PodTemplate.of(workload).stream()
        .flatMap(template -> template.containers().stream())
        .flatMap(container -> ports(container).filter(port -> lacks(container, port.text())))
        .map(port -> port.wrong("the container has no port of this name"))
        .toList();
  }

  /** Hooks by TCP are never run, and ports of gRPC are numbers. */
  private static Stream<Part> ports(Part container) {
    Stream<Part> probes =
        Stream.of("livenessProbe", "readinessProbe", "startupProbe")
            .map(container::child)
            .flatMap(probe -> Stream.of(probe.child("httpGet"), probe.child("tcpSocket")));
    Stream<Part> hooks =
        Stream.of("postStart", "preStop").map(hook -> container.at("lifecycle", hook, "httpGet"));
    return Stream.concat(probes, hooks).map(handler -> handler.child("port"));
  }

  /** A number in quotes is a name to the API server too, and no valid one. */
  private static boolean lacks(Part container, String name) {
    return name.chars().anyMatch(Character::isLetter)
        && !PodTemplate.mayHavePort(container, port -> port.child("name").text().equals(name));
  }
}
