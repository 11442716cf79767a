package dev.belay.membership;

/** Which client writes, told by the field manager that it names itself as. */
public final class Clients {

  private Clients() {}

  /** What people call it; its own name where it is not known, {@code unknown} where it has none. */
  public static String named(String fieldManager) {
    if (fieldManager.startsWith("helm-controller")
        || fieldManager.startsWith("kustomize-controller")) {
      return "Flux";
    }
    if (fieldManager.startsWith("helm")) {
      return "Helm";
    }
    if (fieldManager.startsWith("kubectl")) {
      return "kubectl";
    }
    if (fieldManager.startsWith("argocd")) {
      return "Argo CD";
    }
    return fieldManager.isEmpty() ? "unknown" : fieldManager;
  }
}
