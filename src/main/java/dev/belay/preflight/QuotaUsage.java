package dev.belay.preflight;

import dev.belay.manifest.Amounts;
import dev.belay.manifest.KubeObject;
import java.math.BigDecimal;

/**
 * What an object takes of a quota besides its place among others of its kind (kubernetes v1.37.2,
 * pkg/quota/v1/evaluator/core, services.go and persistent_volume_claims.go).
 */
final class QuotaUsage {

  private static final String OF_CLASS = ".storageclass.storage.k8s.io/";

  private QuotaUsage() {}

  /**
   * How much of this resource the object takes, as it would be stored.
   *
   * @param resource as a quota names it: {@code services.nodeports}, {@code requests.storage}
   */
  static BigDecimal of(String resource, KubeObject object) {
    return switch (object.key().groupKind()) {
      case "Service" -> ofService(resource, object);
      case "PersistentVolumeClaim" -> ofClaim(resource, object);
      default -> BigDecimal.ZERO;
    };
  }

  private static BigDecimal ofService(String resource, KubeObject service) {
    String type = service.text("", "spec", "type");
    boolean balancer = type.equals("LoadBalancer");
    return switch (resource) {
      case "services.loadbalancers" -> balancer ? BigDecimal.ONE : BigDecimal.ZERO;
      case "services.nodeports" ->
          balancer || type.equals("NodePort") ? nodePorts(service) : BigDecimal.ZERO;
      default -> BigDecimal.ZERO;
    };
  }

  private static BigDecimal nodePorts(KubeObject service) {
    boolean all = service.at("spec", "allocateLoadBalancerNodePorts").asBoolean(true);
    return BigDecimal.valueOf(
        service.list("spec", "ports").stream()
            .filter(port -> all || port.path("nodePort").asInt(0) > 0)
            .count());
  }

  private static BigDecimal ofClaim(String resource, KubeObject claim) {
    String own = claim.text("", "spec", "storageClassName") + OF_CLASS;
    String asked = resource.startsWith(own) ? resource.substring(own.length()) : resource;
    boolean ofClass = resource.startsWith(own);
    return switch (asked) {
      case "requests.storage" ->
          Amounts.of(claim.text("0", "spec", "resources", "requests", "storage"));
      case "persistentvolumeclaims" -> ofClass ? BigDecimal.ONE : BigDecimal.ZERO;
      default -> BigDecimal.ZERO;
    };
  }
}
