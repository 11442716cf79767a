package dev.belay.membership;

import java.util.List;

/** Which client writes, told by the field manager that it names itself as. */
public final class Clients {

  /** What people call Helm, whoever runs it at a command line. */
  public static final String HELM = "Helm";

  /**
   * How those begin that people and pipelines use: command lines, GitOps controllers, tools for
   * infrastructure as code, and the browsers and desktops that dashboards run in.
   */
  private static final List<String> KNOWN =
      List.of(
          "helm",
          "kubectl",
          "argocd",
          "kustomize-controller",
          "kapp",
          "Terraform",
          "HashiCorp",
          "pulumi",
          "ansible",
          "Mozilla",
          "node-fetch",
          "k9s",
          "before-first-apply");

  private Clients() {}

  /** Whether a person or a pipeline writes by this, as far as its name tells. */
  public static boolean isKnown(String fieldManager) {
    return KNOWN.stream().anyMatch(fieldManager::startsWith);
  }

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
