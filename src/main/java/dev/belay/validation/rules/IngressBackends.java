package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import java.util.ArrayList;
import java.util.List;

/** The Services that an Ingress sends requests to. */
final class IngressBackends {

  /** The kind, as rules name it. */
  static final String KIND = "networking.k8s.io/Ingress";

  private IngressBackends() {}

  /** The {@code service} of each backend that has one, in the order of the Ingress. */
  static List<Part> of(KubeObject ingress) {
    Part spec = Part.of(ingress).child("spec");
    List<Part> services = new ArrayList<>();
    services.add(spec.at("defaultBackend", "service"));
    for (Part rule : spec.child("rules").elements()) {
      for (Part path : rule.at("http", "paths").elements()) {
        services.add(path.at("backend", "service"));
      }
    }
    return services.stream()
        .filter(service -> !service.child("name").text().isEmpty())
        .filter(service -> !isAction(service))
        .toList();
  }

  /**
   * Whether it names an annotation rather than a Service, as the AWS Load Balancer Controller has
   * it: {@code alb.ingress.kubernetes.io/actions.NAME}.
   */
  private static boolean isAction(Part service) {
    return service.at("port", "name").text().equals("use-annotation");
  }
}
