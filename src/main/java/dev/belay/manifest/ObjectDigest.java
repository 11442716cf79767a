package dev.belay.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A digest of what somebody wanted an object to be: equal for two states of it that differ only in
 * what the API server, a controller or an autoscaler keeps in it.
 *
 * <p>Left out are the status, which a HorizontalPodAutoscaler in its version 1 has in annotations,
 * what the API server counts, who manages which field, finalizers and owners, which no rollback
 * touches, the number of replicas, the volume that a claim is bound to, and the tokens of a
 * ServiceAccount.
 */
public final class ObjectDigest {

  private static final Set<String> OF_THE_SERVER =
      Set.of(
          "managedFields",
          "resourceVersion",
          "generation",
          "uid",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "selfLink",
          "finalizers",
          "ownerReferences");

  private static final Set<String> OF_CLIENTS_AND_CONTROLLERS =
      Set.of(
          "kubectl.kubernetes.io/last-applied-configuration",
          "deployment.kubernetes.io/revision",
          "deprecated.daemonset.template.generation",
          "autoscaling.alpha.kubernetes.io/conditions",
          "autoscaling.alpha.kubernetes.io/current-metrics",
          "pv.kubernetes.io/bind-completed",
          "pv.kubernetes.io/bound-by-controller",
          "volume.beta.kubernetes.io/storage-provisioner",
          "volume.kubernetes.io/storage-provisioner",
          "volume.kubernetes.io/selected-node",
          "volume.kubernetes.io/storage-resizer");

  private ObjectDigest() {}

  /** SHA-256 in hex. */
  public static String of(KubeObject object) {
    MessageDigest digest = sha256();
    write(object.json(), "", digest);
    return HexFormat.of().formatHex(digest.digest());
  }

  /** SHA-256 in hex of a text. */
  public static String of(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Fields in the order of their names, each value with its type and its end marked. */
  private static void write(JsonNode node, String path, MessageDigest digest) {
    if (node.isObject()) {
      Map<String, JsonNode> fields = new TreeMap<>();
      node.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
      update(digest, "{");
      fields.forEach(
          (name, value) -> {
            if (!leftOut(path, name)) {
              update(digest, name.length() + ":" + name);
              write(value, path + "/" + name, digest);
            }
          });
      update(digest, "}");
    } else if (node.isArray()) {
      update(digest, "[");
      node.forEach(element -> write(element, path + "/", digest));
      update(digest, "]");
    } else {
      // What is too deep to be read as a tree is one value, with its text.
      String text = node.isPojo() ? node.toString() : node.asText();
      update(digest, node.getNodeType() + ":" + text.length() + ":" + text);
    }
  }

  private static boolean leftOut(String path, String name) {
    return switch (path) {
      case "" -> name.equals("status") || name.equals("secrets");
      case "/metadata" -> OF_THE_SERVER.contains(name);
      // What is asked of Belay is no change of the object: a timeout, a retry.
      case "/metadata/annotations" ->
          OF_CLIENTS_AND_CONTROLLERS.contains(name) || name.startsWith("belay.dev/");
      case "/spec" -> name.equals("replicas") || name.equals("volumeName");
      default -> false;
    };
  }

  private static void update(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
