package dev.belay.readiness;

/**
 * Ingress: explains, never gates. Many controllers never publish an address, and Helm does not wait
 * for one either.
 */
final class IngressReadiness {

  private IngressReadiness() {}

  static Readiness judge(Subject subject) {
    return subject.object().list("status", "loadBalancer", "ingress").isEmpty()
        ? new Current("Has no address yet")
        : new Current("Has an address");
  }
}
