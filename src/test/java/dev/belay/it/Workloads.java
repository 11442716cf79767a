package dev.belay.it;

import java.util.List;
import java.util.Locale;

/** Charts of workloads, one of each kind that Helm waits for. */
final class Workloads {

  static final List<String> KINDS =
      List.of("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod");

  /** Runs for some seconds before anything is written. */
  static final String HOOK =
      """
      apiVersion: batch/v1
      kind: Job
      metadata:
        name: hook
        annotations: {helm.sh/hook: "pre-upgrade"}
      spec:
        template:
          spec: {restartPolicy: Never, containers: [{name: hook, image: a/slow}]}
      ---
      """;

  private Workloads() {}

  /** One of each kind; this one crashes, and the others never get ready. */
  static String of(String failing) {
    StringBuilder all = new StringBuilder();
    for (String kind : KINDS) {
      String image = kind.equals(failing) ? "a/crashes" : "a/never-ready";
      String name = kind.toLowerCase(Locale.ROOT);
      all.append("---\n");
      if (kind.equals("Pod")) {
        all.append(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: pod}
            spec: {containers: [{name: web, image: %s}]}
            """
                .formatted(image));
      } else {
        all.append(
            """
            apiVersion: apps/v1
            kind: %s
            metadata: {name: %s}
            spec:
              selector: {matchLabels: {app: %s}}
              template:
                metadata: {labels: {app: %s}}
                spec: {containers: [{name: web, image: %s}]}
            """
                .formatted(kind, name, name, name, image));
      }
    }
    return all.toString();
  }

  static String deployment(String image) {
    return """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "%s"}]}
        """
        .formatted(image);
  }

  /** A definition of this kind, such as Widget, with these fields at its root, as flow mapping. */
  static String definition(String group, String kind, String properties) {
    return """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: %2$ss.%1$s}
        spec:
          group: %1$s
          scope: Namespaced
          names: {kind: %3$s, plural: %2$ss}
          versions:
            - name: v1
              served: true
              storage: true
              schema: {openAPIV3Schema: {type: object, properties: {%4$s}}}
        """
        .formatted(group, kind.toLowerCase(Locale.ROOT), kind, properties);
  }
}
