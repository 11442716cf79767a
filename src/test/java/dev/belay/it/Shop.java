package dev.belay.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The manifests of a small release, as a folder for kubectl. The ConfigMap carries no mark: it
 * belongs to the release since its Pods refer to it.
 */
record Shop(String image, String greeting, int target) {

  String folder() {
    try {
      Path folder = Files.createTempDirectory(Path.of("target"), "shop");
      Files.writeString(folder.resolve("1-configmap.yaml"), configMap());
      Files.writeString(
          folder.resolve("2-deployment.yaml"),
          deployment("web", "shop", "example/" + image, "web"));
      Files.writeString(folder.resolve("3-service.yaml"), service());
      Files.writeString(folder.resolve("4-hpa.yaml"), autoscaler());
      return folder.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String deployment(String name, String release, String image, String configMap) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: %1$s, labels: {app: %2$s}}
    spec:
      selector: {matchLabels: {app: %2$s}}
      template:
        metadata: {labels: {app: %2$s}}
        spec:
          containers:
            - {name: web, image: '%3$s', envFrom: [{configMapRef: {name: %4$s}}]}
    """
        .formatted(name, release, image, configMap);
  }

  private String configMap() {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: web}
    data: {GREETING: '%s'}
    """
        .formatted(greeting);
  }

  private static String service() {
    return """
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec: {selector: {app: shop}, ports: [{port: 80}]}
    """;
  }

  private String autoscaler() {
    return """
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: web, labels: {app: shop}}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
      minReplicas: 1
      maxReplicas: 5
      metrics:
        - type: Resource
          resource: {name: cpu, target: {type: Utilization, averageUtilization: %d}}
    """
        .formatted(target);
  }
}
