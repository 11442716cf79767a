package dev.belay.membership;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.api.Names;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import java.util.Set;

/** Which objects somebody has applied: the others are a controller's, Helm's or Belay's own. */
public final class Countable {

  private static final String CONTROLLER_MANAGER = "kube-controller-manager";

  /** What a client runs before or after a change: it is the client's to wait for and to delete. */
  private static final Set<String> HOOKS = Set.of("helm.sh/hook", "argocd.argoproj.io/hook");

  private static final Set<String> SECRETS_OF_OTHERS =
      Set.of(HelmStorage.TYPE, Names.REVISION_TYPE, "kubernetes.io/service-account-token");

  private Countable() {}

  /** Whether the object can be a member of a release. */
  public static boolean counts(KubeObject object) {
    return object.text("", "metadata", "deletionTimestamp").isEmpty() && mayCount(object);
  }

  /**
   * Whether it can be one while it is not going; tells from the metadata alone, but for a Secret's
   * type.
   */
  public static boolean mayCount(KubeObject object) {
    return !hasController(object)
        && !madeByControlPlane(object)
        && HOOKS.stream().noneMatch(object.annotations()::containsKey)
        && !object.annotations().containsKey("control-plane.alpha.kubernetes.io/leader")
        && !ofOthers(object);
  }

  private static boolean hasController(KubeObject object) {
    return object.list("metadata", "ownerReferences").stream()
        .anyMatch(owner -> owner.path("controller").asBoolean(false));
  }

  /** A StatefulSet's claims, the root certificate, the ServiceAccount {@code default}. */
  private static boolean madeByControlPlane(KubeObject object) {
    boolean anybody = false;
    for (JsonNode entry : object.list("metadata", "managedFields")) {
      if (entry.path("subresource").asText().isEmpty()) {
        anybody = true;
        if (!entry.path("manager").asText().equals(CONTROLLER_MANAGER)) {
          return false;
        }
      }
    }
    return anybody;
  }

  private static boolean ofOthers(KubeObject object) {
    return switch (object.kind()) {
      case "Secret" -> SECRETS_OF_OTHERS.contains(object.text("", "type"));
      case "ConfigMap" ->
          object.name().equals("kube-root-ca.crt")
              || object.labels().getOrDefault("owner", "").equals("helm");
      case "ServiceAccount" -> object.name().equals("default");
      default -> false;
    };
  }
}
