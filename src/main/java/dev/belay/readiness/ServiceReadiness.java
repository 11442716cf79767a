package dev.belay.readiness;

import dev.belay.manifest.KubeObject;

/**
 * Service: has an address. One of type LoadBalancer has to have one from outside too, as Helm 3
 * waits for (pkg/kube/ready.go, serviceReady); kstatus is content with a cluster IP.
 */
final class ServiceReadiness {

  private ServiceReadiness() {}

  static Readiness judge(Subject subject) {
    KubeObject service = subject.object();
    String type = service.text("ClusterIP", "spec", "type");
    if (type.equals("ExternalName")) {
      return new Current("An alias");
    }
    if (service.text("", "spec", "clusterIP").isEmpty()) {
      return new InProgress("No cluster IP yet");
    }
    boolean waits =
        type.equals("LoadBalancer")
            && service.list("spec", "externalIPs").isEmpty()
            && service.list("status", "loadBalancer", "ingress").isEmpty();
    if (!waits) {
      return new Current("Has an address");
    }
    String warning = RelatedEvents.about(service, subject.related().events()).newestWarning();
    return new InProgress(OneLine.join("No address of a load balancer yet", warning));
  }
}
