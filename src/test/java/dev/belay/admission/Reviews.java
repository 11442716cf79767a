package dev.belay.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.admission.Review.BadReview;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;

/** Reviews for tests, as the API server sends them. */
final class Reviews {

  static final String GOOD =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: web}
      stringData: {password: correct-horse}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, labels: {app: web}}
      spec: {replicas: 2, template: {spec: {containers: [{name: web, image: web:1}]}}}
      ---
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata: {name: web}
      spec:
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
        minReplicas: 1
        maxReplicas: 5
        metrics:
        - type: Resource
          resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}
        behavior: {scaleDown: {stabilizationWindowSeconds: 60}}
      """;

  /** An autoscaler that no API server accepts. */
  static final String BAD = GOOD.replace("averageUtilization: 80", "averageUtilization: -10");

  private Reviews() {}

  static HelmRecord record(String status, String manifest) {
    ObjectNode record = JsonNodeFactory.instance.objectNode();
    record.put("name", "web").put("namespace", "shop").put("version", 2);
    record.putObject("info").put("status", status).put("description", "Preparing upgrade");
    record.put("manifest", manifest);
    record.putObject("chart").putObject("metadata").put("name", "web");
    record.putObject("config").put("replicas", 2);
    return new HelmRecord(record);
  }

  static KubeObject secret(String status, String manifest) {
    return HelmStorage.created("Secret", record(status, manifest), Map.of(), Instant.EPOCH);
  }

  /** Helm's Secret with this in place of its record. */
  static KubeObject secretWith(byte[] payload) {
    KubeObject secret = secret("pending-upgrade", GOOD);
    secret
        .json()
        .withObjectProperty("data")
        .put("release", Base64.getEncoder().encodeToString(payload));
    return secret;
  }

  static ObjectNode json(JsonNode object) {
    ObjectNode review = JsonNodeFactory.instance.objectNode();
    review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
    ObjectNode request = review.putObject("request");
    request.put("uid", "705ab4f5-6393-11e8-b7cc-42010a800002");
    request.putObject("kind").put("group", "").put("version", "v1").put("kind", "Secret");
    request.putObject("resource").put("group", "").put("version", "v1").put("resource", "secrets");
    request.put("namespace", "shop").put("operation", "CREATE").put("dryRun", false);
    request.putObject("userInfo").put("username", "admin").putArray("groups").add("dev");
    request.set("object", object);
    request.putNull("oldObject");
    return review;
  }

  static Review of(KubeObject secret) {
    try {
      return Review.read(
          new ByteArrayInputStream(
              json(secret.json()).toString().getBytes(StandardCharsets.UTF_8)));
    } catch (BadReview e) {
      throw new AssertionError("the test's own review", e);
    }
  }
}
