package dev.belay.membership;

import dev.belay.manifest.KubeObject;
import java.util.Collection;

/** By what it is known that Flux's helm-controller is the Helm that applies a release. */
public final class Flux {

  /** What people call it, as in {@link Clients}. */
  public static final String NAME = "Flux";

  /**
   * Carried by every object that helm-controller applies, and so by the manifest in Helm's record
   * (helm-controller, internal/postrender).
   */
  static final String HELM_LABEL = "helm.toolkit.fluxcd.io/name";

  private Flux() {}

  /** Whether these objects, of one manifest of Helm, are applied by it. */
  public static boolean applies(Collection<KubeObject> objects) {
    return objects.stream().anyMatch(object -> object.labels().containsKey(HELM_LABEL));
  }
}
