package dev.belay.it;

import static dev.belay.it.TestNamespace.kubectlAnywhere;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Belay with the rights that the chart's value {@code rbac.namespaces} gives it. Closed, there is
 * no Belay, and its rights are those of {@code k8s/manifests} again.
 */
record ListedRights(List<String> namespaces) implements AutoCloseable {

  private static final String BELAY = "system:serviceaccount:belay-system:belay";
  private static final String[] WEBHOOKS = {"070-validating-webhooks", "071-mutating-webhooks"};

  /** Those of these namespaces, of which one may be missing; bound in none yet. */
  static ListedRights of(String... namespaces) {
    BelayProcess.shutDown();
    ListedRights rights = new ListedRights(List.of(namespaces));
    kubectlAnywhere("delete", "clusterrolebinding", "belay-namespaced", "belay-custom-resources")
        .succeeds();
    kubectlAnywhere("apply", "-f", rights.rendered("030-cluster-role")).succeeds();
    for (String webhooks : WEBHOOKS) {
      replace(rights.rendered(webhooks));
    }
    awaitEverywhere("no");
    return rights;
  }

  /** What Belay is told of it. */
  Map<String, String> settings() {
    return Map.of("BELAY_NAMESPACES", String.join(",", namespaces));
  }

  /** Starts Belay with that list, in place of the one that all share. */
  void start() throws IOException {
    BelayProcess.instead(settings());
  }

  /** Gives Belay its rights in this namespace, which has to be there, and in its own. */
  ListedRights bind(String namespace) {
    String file = rendered("034-role-bindings", List.of(namespace));
    kubectlAnywhere("apply", "-f", file).succeeds();
    return this;
  }

  private String rendered(String template) {
    return rendered(template, namespaces);
  }

  private static String rendered(String template, List<String> namespaces) {
    return BelayChart.rendered(template, "rbac.namespaces={" + String.join(",", namespaces) + "}");
  }

  /** Applied over what Belay has pointed at itself, both addresses would be there. */
  private static void replace(String webhooks) {
    kubectlAnywhere("delete", "-f", webhooks, "--ignore-not-found").succeeds();
    kubectlAnywhere("create", "-f", webhooks).succeeds();
  }

  private static void awaitEverywhere(String answer) {
    Awaitility.await("whether Belay may list Secrets everywhere: " + answer)
        .atMost(TestNamespace.PATIENCE)
        .until(
            () ->
                kubectlAnywhere("auth", "can-i", "list", "secrets", "-A", "--as", BELAY)
                    .out()
                    .strip()
                    .equals(answer));
  }

  @Override
  public void close() {
    BelayProcess.shutDown();
    for (String rights : List.of("030-cluster-role", "031-cluster-role-bindings")) {
      kubectlAnywhere("apply", "-f", "k8s/manifests/" + rights + ".yaml").succeeds();
    }
    Stream.of(WEBHOOKS).forEach(webhooks -> replace("k8s/manifests/" + webhooks + ".yaml"));
    kubectlAnywhere(
            "delete",
            "rolebinding",
            "-n",
            "belay-system",
            "belay-namespaced",
            "belay-custom-resources")
        .succeeds();
    awaitEverywhere("yes");
  }
}
