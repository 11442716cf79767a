package dev.belay.rollback;

import dev.belay.manifest.KubeObject;

/**
 * The address in the cluster that a Service had, and that it can't have again: another Service was
 * given it while this one was deleted, or the cluster hands out others by now. Where nobody asked
 * for it by number, clients find the Service by its name, and any other address does.
 */
public final class TakenAddress {

  /** As the API server's allocator says it (pkg/registry/core/service/storage/alloc.go). */
  private static final String NOT_ALLOCATED = "failed to allocate IP";

  private TakenAddress() {}

  /** Whether this object is refused for an address that nobody asked for. */
  public static boolean isWhy(KubeObject object, String refusal) {
    return object.kind().equals("Service")
        && refusal.contains(NOT_ALLOCATED)
        && !object.text("", "spec", "clusterIP").isEmpty()
        && !Managers.ofSpec(object, "clusterIP")
        && !Managers.ofSpec(object, "clusterIPs");
  }

  /** The Service without it, so that the API server gives it another one. */
  public static KubeObject without(KubeObject service) {
    KubeObject rest = service.copy();
    rest.json().withObjectProperty("spec").remove("clusterIP");
    rest.json().withObjectProperty("spec").remove("clusterIPs");
    return rest;
  }

  /** What is said of a Service that gets another one. */
  public static String told(KubeObject service) {
    return "its address in the cluster, spec.clusterIP %s, could not be had again, so it has another one; what uses the number has to be told, what uses the name %s has not"
        .formatted(service.text("", "spec", "clusterIP"), service.name());
  }
}
