package dev.belay.membership;

import com.google.re2j.Pattern;
import dev.belay.api.Names;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The marks by which clients say what belongs together, strongest first. The first one that names a
 * release decides; a value that could not be a {@code Release}'s name is no mark.
 *
 * <p>Nor is one that names a release of which Helm keeps records, unless Helm has marked the object
 * itself: anybody can set a label, and what is in such a release is said by its records.
 */
public final class Marks {

  /** A DNS subdomain, as the API server demands of a {@code Release}'s name. */
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  private static final int MAX_NAME = 253;

  private static final Set<String> WORKLOADS =
      Set.of("apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "batch/Job", "batch/CronJob");

  /** What charts set on their objects: all there is of a Helm before 3.2, which marked nothing. */
  private static final Map<String, Set<String>> OF_CHARTS =
      Map.of("app.kubernetes.io/managed-by", Set.of("Helm"), "heritage", Set.of("Helm", "Tiller"));

  private static final List<BiFunction<KubeObject, Surroundings, String>> STRONGEST_FIRST =
      List.of(
          label(Names.RELEASE_LABEL),
          annotation(Names.RELEASE_LABEL),
          (object, around) -> helm(object),
          // Flux: labels of what its two controllers apply.
          label(Flux.HELM_LABEL),
          label("kustomize.toolkit.fluxcd.io/name"),
          (object, around) -> argo(object),
          label("argocd.argoproj.io/instance"),
          (object, around) -> around.kappApps().getOrDefault(KappApps.id(object), ""),
          (object, around) -> KappApps.id(object),
          (object, around) -> around.applySets().getOrDefault(ApplySets.id(object), ""),
          (object, around) -> ApplySets.derived(ApplySets.id(object)),
          label("app.kubernetes.io/instance"),
          label("app.kubernetes.io/name"),
          label("app"));

  private Marks() {}

  /**
   * The release that this object says it belongs to, as far as its own words go: that Helm keeps
   * records of that name is not known. A workload that says nothing is a release of its own name;
   * anything else that says nothing may still be referred to by one.
   */
  public static Optional<String> release(KubeObject object) {
    return release(object, Surroundings.UNKNOWN);
  }

  /** The same, with what is known around it. */
  public static Optional<String> release(KubeObject object, Surroundings around) {
    return names(object, around).stream()
        .filter(
            name -> !around.recorded().contains(name) || isHelms(object, name) || isOfChart(object))
        .findFirst()
        .or(() -> ownName(object));
  }

  /**
   * The same for an object that was verified in a release without records. Whoever applies what a
   * chart renders has the labels of charts too: they say nothing of Helm there.
   */
  static Optional<String> releaseOfVerified(KubeObject object, Surroundings around) {
    return names(object, around).stream()
        .filter(name -> !around.recorded().contains(name) || isHelms(object, name))
        .findFirst()
        .or(() -> ownName(object).filter(name -> !around.recorded().contains(name)));
  }

  /** The names that marks give it, strongest first, down to the one that Helm has given it. */
  public static List<String> names(KubeObject object, Surroundings around) {
    List<String> names = new ArrayList<>();
    for (BiFunction<KubeObject, Surroundings, String> mark : STRONGEST_FIRST) {
      String name = mark.apply(object, around);
      if (valid(name)) {
        names.add(name);
        if (isHelms(object, name)) {
          break;
        }
      }
    }
    return names;
  }

  /**
   * Every release that it may turn out to be in by what it says, none of them asked about; but not
   * a name that no member says.
   */
  public static List<String> candidates(KubeObject object) {
    List<String> candidates = new ArrayList<>(names(object, Surroundings.UNKNOWN));
    ownName(object).ifPresent(candidates::add);
    return candidates;
  }

  /** The release of this namespace that Helm has marked the object with. */
  public static Optional<String> helms(KubeObject object) {
    return Optional.of(object.annotation(HelmStorage.RELEASE_ANNOTATION))
        .filter(name -> isHelms(object, name));
  }

  /**
   * The same, where it is a name that people know: not the id of something whose name is that of an
   * object beside it.
   */
  public static Optional<String> known(KubeObject object) {
    return release(object)
        .filter(name -> !name.equals(KappApps.id(object)))
        .filter(name -> !name.equals(ApplySets.derived(ApplySets.id(object))));
  }

  /** Whether it carries the id of something, the name of which is that of an object beside it. */
  public static boolean isNamedBeside(KubeObject object) {
    return !ApplySets.id(object).isEmpty() || !KappApps.id(object).isEmpty();
  }

  static boolean isHelms(KubeObject object, String release) {
    return new Claim(object.namespace(), release).isMarked(object);
  }

  private static boolean isOfChart(KubeObject object) {
    return object.annotation(HelmStorage.RELEASE_ANNOTATION).isEmpty()
        && OF_CHARTS.entrySet().stream()
            .anyMatch(label -> label.getValue().contains(object.label(label.getKey())));
  }

  private static Optional<String> ownName(KubeObject object) {
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

  private static BiFunction<KubeObject, Surroundings, String> label(String key) {
    return (object, around) -> object.label(key);
  }

  private static BiFunction<KubeObject, Surroundings, String> annotation(String key) {
    return (object, around) -> object.annotation(key);
  }

  /** Helm's own mark, unless the release lives in another namespace than the object. */
  private static String helm(KubeObject object) {
    String namespace = object.annotation("meta.helm.sh/release-namespace");
    return namespace.isEmpty() || namespace.equals(object.namespace())
        ? object.annotation(HelmStorage.RELEASE_ANNOTATION)
        : "";
  }

  /**
   * {@code app:group/Kind:namespace/name}; the app may be {@code namespace_app}. Of another object
   * it is a copy, which Argo CD does not take for its own (argo-cd, controller/state.go,
   * isSelfReferencedObj).
   */
  private static String argo(KubeObject object) {
    String id = object.annotation("argocd.argoproj.io/tracking-id");
    String itself = "/%s:%s/%s".formatted(object.kind(), object.namespace(), object.name());
    int end = id.indexOf(':');
    String app = end < 0 || !id.endsWith(itself) ? "" : id.substring(0, end);
    return app.substring(app.indexOf('_') + 1);
  }
}
