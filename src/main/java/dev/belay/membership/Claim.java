package dev.belay.membership;

import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which live objects a release of Helm may call its own.
 *
 * <p>Its record is a Secret, and whoever may write Secrets in the namespace can make one that names
 * any object of the cluster. So the object itself has to agree: Helm marks what it installs with
 * the release (helm v4.3.1, pkg/kube/client.go and pkg/action/validate.go), and only somebody who
 * may write the object can have put the mark there.
 *
 * @param namespace namespace of the release
 * @param release its name
 */
public record Claim(String namespace, String release) {

  /**
   * What the role {@code edit} may read and write, in the release's own namespace: whoever can make
   * a record may have these anyway. All that is left of a chart that was last upgraded by a Helm
   * before 3.2, which marked nothing.
   */
  private static final Set<String> OF_EDITORS =
      Set.of(
          "ConfigMap",
          "Secret",
          "Service",
          "ServiceAccount",
          "PersistentVolumeClaim",
          "Pod",
          "ReplicationController",
          "Deployment.apps",
          "ReplicaSet.apps",
          "StatefulSet.apps",
          "DaemonSet.apps",
          "Job.batch",
          "CronJob.batch",
          "HorizontalPodAutoscaler.autoscaling",
          "Ingress.networking.k8s.io",
          "NetworkPolicy.networking.k8s.io",
          "PodDisruptionBudget.policy");

  /** Whether this live object is the release's: it says so, or its editors could have made it. */
  public boolean covers(KubeObject live) {
    return permits(live) && (isMarked(live) || OF_EDITORS.contains(live.key().groupKind()));
  }

  /**
   * Whether the object may be written as the release's. Outside of its namespace it has to say that
   * it is; inside, it must not say that it is another's, which has taken it over.
   */
  public boolean permits(KubeObject object) {
    return isMarked(object) || (object.namespace().equals(namespace) && owner(object).isEmpty());
  }

  /**
   * Why this object is not written: outside the namespace of its release that is done only while it
   * says whose it is, and inside only until another release has taken it over.
   *
   * @param ownerBefore whose it said to be when it was stored; empty for the release's or nobody's
   */
  public Optional<String> forbids(KubeObject object, String ownerBefore) {
    String owner = owner(object);
    if (permits(object) || (!owner.isEmpty() && owner.equals(ownerBefore))) {
      return Optional.empty();
    }
    return Optional.of(
        owner.isEmpty()
            ? "it is outside the release's namespace and not marked as the release's; if it is, annotate it with "
                + marks()
            : "it belongs to Helm release %s by now, which has taken it over".formatted(owner));
  }

  /** The other release of this namespace that the object says it belongs to; empty for none. */
  public String owner(KubeObject object) {
    return isMarked(object)
            || !namespace.equals(object.annotation(HelmStorage.NAMESPACE_ANNOTATION))
        ? ""
        : object.annotation(HelmStorage.RELEASE_ANNOTATION);
  }

  /** Whether the object carries Helm's marks of this release. */
  boolean isMarked(KubeObject object) {
    Map<String, String> annotations = object.annotations();
    return release.equals(annotations.get(HelmStorage.RELEASE_ANNOTATION))
        && namespace.equals(annotations.get(HelmStorage.NAMESPACE_ANNOTATION));
  }

  /** What the object would have to carry. */
  public String marks() {
    return "%s=%s and %s=%s"
        .formatted(
            HelmStorage.RELEASE_ANNOTATION, release, HelmStorage.NAMESPACE_ANNOTATION, namespace);
  }
}
