package dev.belay.it;

import java.util.List;
import java.util.Map;

/** Belay's own chart, where a test wants other rights than those of {@code k8s/manifests}. */
final class BelayChart {

  private BelayChart() {}

  /**
   * A file with what one of its templates renders.
   *
   * @param template its name without ending, {@code 030-cluster-role}
   * @param value what is set, {@code rbac.restoreAnyRole=true}
   */
  static String rendered(String template, String value) {
    return TestNamespace.file(
        Command.run(
                Map.of(),
                List.of(
                    Helm.HELM_4.command,
                    "template",
                    "belay",
                    "k8s/chart",
                    "-n",
                    "belay-system",
                    "--show-only",
                    "templates/" + template + ".yaml",
                    "--set",
                    value))
            .succeeds()
            .out());
  }
}
