package dev.belay.validation;

import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What is live, without what this upgrade removes. An object that Helm was told to keep stays, by
 * whatever annotation the live one has: Helm looks there.
 *
 * @param live what is in the cluster
 * @param removed what was in the release before, and is not now; asked for only where that matters
 */
public record Remaining(Lookup live, Supplier<Set<ObjectKey>> removed) implements Lookup {

  @Override
  public Found find(String apiVersion, String kind, String namespace, String name) {
    Found found = live.find(apiVersion, kind, namespace, name);
    return found instanceof Found.There there && goes(there.it(), apiVersion, kind, namespace)
        ? Found.Unseen.GOING
        : found;
  }

  @Override
  public Optional<List<KubeObject>> list(String apiVersion, String kind, String namespace) {
    return live.list(apiVersion, kind, namespace)
        .map(
            all ->
                all.stream().filter(object -> !goes(object, apiVersion, kind, namespace)).toList());
  }

  /** Of a ConfigMap or Secret no value of an annotation is known, only that there is one. */
  private boolean goes(KubeObject object, String apiVersion, String kind, String namespace) {
    int slash = apiVersion.indexOf('/');
    String group = slash < 0 ? "" : apiVersion.substring(0, slash);
    return removed.get().contains(new ObjectKey(group, kind, namespace, object.name()))
        && !object.annotations().containsKey(HelmStorage.KEEP_ANNOTATION);
  }
}
