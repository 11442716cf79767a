package dev.belay.it;

import java.util.ArrayList;
import java.util.List;

/**
 * The manifest of a workload whose Pods a simulated node starts as told. {@code NAMESPACE} in it is
 * the namespace of the run.
 *
 * @param spec lines of the workload's spec, each a field
 * @param pod fields of the Pod's spec, as a flow mapping has them
 * @param container fields of its first container
 * @param beside further containers
 */
record Played(
    String kind,
    String name,
    String image,
    Start start,
    List<String> spec,
    List<String> pod,
    List<String> container,
    List<String> beside) {

  static Played of(String kind, String name, int version, Start start) {
    return new Played(
        kind, name, "a/web:" + version, start, List.of(), List.of(), List.of(), List.of());
  }

  /** The Deployment {@code web}. */
  static Played web(int version, Start start) {
    return of("Deployment", "web", version, start);
  }

  Played spec(String line) {
    return new Played(kind, name, image, start, plus(spec, line), pod, container, beside);
  }

  Played pod(String field) {
    return new Played(kind, name, image, start, spec, plus(pod, field), container, beside);
  }

  Played container(String field) {
    return new Played(kind, name, image, start, spec, pod, plus(container, field), beside);
  }

  Played beside(String other) {
    return new Played(kind, name, image, start, spec, pod, container, plus(beside, other));
  }

  /** On nodes of its own ({@link SimulatedNodes}). */
  Played onOwnNodes() {
    return pod("nodeSelector: {NAMESPACE: 'yes'}")
        .pod(
            "tolerations: [{key: NAMESPACE, operator: Exists},"
                + " {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 5}]");
  }

  /** Over these nodes as evenly as can be. */
  Played spread() {
    String constraint =
        """
        {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule,\
         labelSelector: {matchLabels: {app: %s}}, matchLabelKeys: [pod-template-hash], nodeTaintsPolicy: Honor}"""
            .formatted(name);
    return onOwnNodes().pod("topologySpreadConstraints: [%s]".formatted(constraint));
  }

  /** This and another object. */
  String and(String other) {
    return this + "---\n" + other;
  }

  String and(Played other) {
    return and(other.toString());
  }

  @Override
  public String toString() {
    boolean job = kind.equals("Job");
    List<String> lines = new ArrayList<>(spec);
    if (!job) {
      lines.add("selector: {matchLabels: {app: %s}}".formatted(name));
    }
    lines.add("template:");
    lines.add(
        "  metadata: {labels: {app: %s}, annotations: {kubelet.test/start: %s}}"
            .formatted(name, start.quoted()));
    List<String> containers = new ArrayList<>();
    containers.add(
        "{%s}"
            .formatted(
                String.join(", ", plus(plus(container, "name: web"), "image: '" + image + "'"))));
    containers.addAll(beside);
    lines.add(
        "  spec: {%s}"
            .formatted(
                String.join(
                    ", ", plus(pod, "containers: [%s]".formatted(String.join(", ", containers))))));
    return """
        apiVersion: %s
        kind: %s
        metadata: {name: %s}
        spec:
          %s
        """
        .formatted(job ? "batch/v1" : "apps/v1", kind, name, String.join("\n  ", lines));
  }

  private static List<String> plus(List<String> all, String more) {
    List<String> longer = new ArrayList<>(all);
    longer.add(more);
    return List.copyOf(longer);
  }
}
