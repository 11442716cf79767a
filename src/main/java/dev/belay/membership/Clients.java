package dev.belay.membership;

/** Which client writes, told by the field manager that it names itself as. */
public final class Clients {

  /** What people call Helm, whoever runs it at a command line. */
  public static final String HELM = "Helm";

  private Clients() {}

  /** What people call it; its own name where it is not known, {@code unknown} where it has none. */
  public static String named(String fieldManager) {
    if (fieldManager.startsWith("helm-controller")
        || fieldManager.startsWith("kustomize-controller")) {
      return Flux.NAME;
    }
    if (fieldManager.startsWith("helm")) {
      return HELM;
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
