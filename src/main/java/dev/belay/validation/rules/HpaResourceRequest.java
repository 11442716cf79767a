package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Scope;
import dev.belay.validation.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A utilization, which is a share of what is requested, where nothing is requested. A limit counts
 * as a request of the same size, and what is requested for the Pod as a whole counts for all.
 */
public final class HpaResourceRequest {

  public static final Rule RULE =
      Hpa.rule("hpa-resource-request")
          .ofRelease()
          .warns(
              "A metric aims at a share of the request, and a container of the target has none, nor"
                  + " gets one by a LimitRange: it can't be computed.")
          .remedy("Set the request, or aim at an averageValue.")
          .source(
              "kubernetes v1.37.2, pkg/controller/podautoscaler/replica_calculator.go,"
                  + " calculateRequests")
          .check(HpaResourceRequest::violations);

  private HpaResourceRequest() {}

  /**
   * A target that is a share of a request.
   *
   * @param at where it stands
   * @param resource cpu or memory
   * @param container the only container that counts; empty for all
   */
  private record Share(Part at, String resource, String container) {}

  private static List<Violation> violations(KubeObject hpa, Scope scope) {
    List<Share> shares = shares(hpa);
    if (shares.isEmpty()) {
      return List.of();
    }
    Optional<HpaReference> target = HpaReference.of(hpa, scope);
    Optional<PodTemplate> found = target.flatMap(reference -> reference.template(scope));
    if (found.isEmpty() || found.get().spec().child("resources").present()) {
      return List.of();
    }
    PodTemplate template = found.get();
    List<Violation> violations = new ArrayList<>();
    for (Share share : shares) {
      for (Part container : template.lasting()) {
        if (lacks(container, share)) {
          violations.add(
              share
                  .at()
                  .wrong(
                      "container %s of %s requests no %s"
                          .formatted(
                              container.child("name").text(),
                              template.workload().key().display(),
                              share.resource())));
          break;
        }
      }
    }
    // Asked last: most containers have their requests.
    return violations.isEmpty() || mayBeGiven(scope, target.get(), template)
        ? List.of()
        : violations;
  }

  private static List<Share> shares(KubeObject hpa) {
    List<Share> shares = new ArrayList<>();
    for (Part metric : Hpa.metrics(hpa)) {
      for (String field : List.of("resource", "containerResource")) {
        Part source = metric.child(field);
        shares.add(
            new Share(
                source.at("target", "averageUtilization"),
                source.child("name").text(),
                source.child("container").text()));
      }
    }
    if (Hpa.isV1(hpa)) {
      shares.add(new Share(Hpa.spec(hpa).child("targetCPUUtilizationPercentage"), "cpu", ""));
    }
    return shares.stream()
        .filter(share -> share.at().integer(n -> n > 0))
        .filter(share -> share.resource().equals("cpu") || share.resource().equals("memory"))
        .toList();
  }

  private static boolean lacks(Part container, Share share) {
    String name = container.child("name").text();
    Part resources = container.child("resources");
    boolean counts =
        !name.isEmpty() && (share.container().isEmpty() || share.container().equals(name));
    return counts
        && isMap(resources)
        && isMap(resources.child("requests"))
        && isMap(resources.child("limits"))
        && !resources.at("requests", share.resource()).present()
        && !resources.at("limits", share.resource()).present();
  }

  private static boolean isMap(Part part) {
    return !part.present() || part.node().isObject();
  }

  /** Whether somebody may set requests in the Pods: a LimitRange, or a vertical autoscaler. */
  private static boolean mayBeGiven(Scope scope, HpaReference target, PodTemplate template) {
    return scope
            .all("v1", "LimitRange", target.namespace())
            .map(list -> !list.isEmpty())
            .orElse(true)
        || template.isInjected()
        || Makers.of(scope).mention(target.name().text());
  }
}
