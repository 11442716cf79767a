package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The API server dies in the middle of things and comes back: nothing is lost. */
@Alone
class ApiServerRestartIT {

  private static final String KINDS = "deployments,services,configmaps,horizontalpodautoscalers";

  @Test
  void aChangeAndARollbackGoOnWhenTheApiServerIsBack() throws Exception {
    try (TestNamespace changing = TestNamespace.enforced();
        TestNamespace restoring = TestNamespace.enforced();
        WriteStopper stopper = WriteStopper.ofRollbackIn(restoring, 5)) {
      for (TestNamespace shop : List.of(changing, restoring)) {
        shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      }
      changing.awaitStable("shop", 1);
      restoring.awaitStable("shop", 1);
      Map<String, KubeObject> good = restoring.objects(KINDS);
      upgrade(restoring, "image.name=example/shop-crashes,greeting=Hello,service.port=8080");
      stopper.awaitReached();
      upgrade(changing, "greeting=Hi");
      changing.await("shop", status -> status.at("/changeSet/helmRevision").asInt() == 2);

      killApiServer();
      stopper.release();
      startApiServer();
      // It ends itself, now or a moment later, where it could not renew its Lease.
      restoring.await(
          "shop",
          status ->
              BelayProcess.running().isAlive()
                  && TestNamespace.condition(status, "RolledBack").equals("True"));
      Sameness.assertSame(good, restoring.objects(KINDS));
      assertThat(restoring.history(Helm.HELM_4, "shop"))
          .hasSize(3)
          .last()
          .asString()
          .startsWith("3 deployed Rollback to 1: ");
      changing.awaitStable("shop", 2);
    }
  }

  private static void upgrade(TestNamespace shop, String values) {
    shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP, "--set", values).succeeds();
  }

  private static void killApiServer() throws IOException {
    long pid = pid();
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    Awaitility.await("the API server is gone")
        .until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
  }

  private static void startApiServer() {
    Command.run(
            Map.of("KWOK_WORKDIR", state().resolve("kwok").toString()),
            List.of("kwokctl", "start", "cluster", "--name", System.getenv("BELAY_CLUSTER")))
        .succeeds();
    Awaitility.await("the API server is ready")
        .atMost(TestNamespace.PATIENCE)
        .until(() -> TestNamespace.kubectlAnywhere("get", "--raw", "/readyz").code() == 0);
  }

  private static long pid() throws IOException {
    return Long.parseLong(
        Files.readString(
                state()
                    .resolve(
                        Path.of(
                            "kwok",
                            "clusters",
                            System.getenv("BELAY_CLUSTER"),
                            "pids",
                            "kube-apiserver.pid")))
            .strip());
  }

  private static Path state() {
    return Path.of(System.getenv("BELAY_HOME"), System.getenv("BELAY_CLUSTER"));
  }
}
