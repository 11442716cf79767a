package dev.belay.membership;

import dev.belay.api.Names;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The marks by which clients say what belongs together, strongest first. The first one that names a
 * release decides; a value that could not be a {@code Release}'s name is no mark.
 */
public final class Marks {

  /** A DNS subdomain, as the API server demands of a {@code Release}'s name. */
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  private static final int MAX_NAME = 253;

  private static final Set<String> WORKLOADS =
      Set.of("apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "batch/Job", "batch/CronJob");

  private static final List<Function<KubeObject, String>> STRONGEST_FIRST =
      List.of(
          label(Names.RELEASE_LABEL),
          annotation(Names.RELEASE_LABEL),
          Marks::helm,
          // Flux: labels of what its two controllers apply.
          label(Flux.HELM_LABEL),
          label("kustomize.toolkit.fluxcd.io/name"),
          Marks::argo,
          label("argocd.argoproj.io/instance"),
          label("kapp.k14s.io/app"),
          label("applyset.kubernetes.io/part-of"),
          label("app.kubernetes.io/instance"),
          label("app.kubernetes.io/name"),
          label("app"));

  private Marks() {}

  /**
   * The release that this object says it belongs to. A workload that says nothing is a release of
   * its own name; anything else that says nothing may still be referred to by one.
   */
  public static Optional<String> release(KubeObject object) {
    for (Function<KubeObject, String> mark : STRONGEST_FIRST) {
      String name = mark.apply(object);
      if (valid(name)) {
        return Optional.of(name);
      }
    }
    return isWorkload(object) && valid(object.name())
        ? Optional.of(object.name())
        : Optional.empty();
  }

  /** Whether this object runs Pods, and is a release of its own name where it carries no mark. */
  public static boolean isWorkload(KubeObject object) {
    return isWorkload(object.apiVersion(), object.kind());
  }

  static boolean isWorkload(String apiVersion, String kind) {
    int slash = apiVersion.indexOf('/');
    return slash > 0 && WORKLOADS.contains(apiVersion.substring(0, slash) + "/" + kind);
  }

  private static boolean valid(String name) {
    return name.length() <= MAX_NAME && NAME.matcher(name).matches();
  }

  private static Function<KubeObject, String> label(String key) {
    return object -> object.label(key);
  }

  private static Function<KubeObject, String> annotation(String key) {
    return object -> object.annotation(key);
  }

  /** Helm's own mark, unless the release lives in another namespace than the object. */
  private static String helm(KubeObject object) {
    String namespace = object.annotation("meta.helm.sh/release-namespace");
    return namespace.isEmpty() || namespace.equals(object.namespace())
        ? object.annotation(HelmStorage.RELEASE_ANNOTATION)
        : "";
  }

  /** {@code app:group/Kind:namespace/name}; the app may be {@code namespace_app}. */
  private static String argo(KubeObject object) {
    String id = object.annotation("argocd.argoproj.io/tracking-id");
    int end = id.indexOf(':');
    String app = end < 0 ? "" : id.substring(0, end);
    return app.substring(app.indexOf('_') + 1);
  }
}
