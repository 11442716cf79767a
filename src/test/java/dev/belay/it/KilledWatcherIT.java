package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SIGKILL in the middle of a rollback: whoever starts next finishes it. */
@Alone
@Tag("long")
class KilledWatcherIT {

  private static final String KINDS =
      "deployments,services,configmaps,secrets,horizontalpodautoscalers";

  /**
   * The writes of a rollback of five objects: the plan, each object with its managers, Helm's new
   * record, the failed one, and that all is restored.
   */
  private static final int WRITES = 9;

  /** One release for each write: all rollbacks are stopped when the watcher is killed. */
  @Test
  void killedAtAnyWriteOfARollbackTheNextWatcherFinishesIt() throws Exception {
    List<Stopped> all = new ArrayList<>();
    try {
      for (int write = 1; write <= WRITES; write++) {
        TestNamespace shop = TestNamespace.enforced();
        all.add(new Stopped(write, shop, WriteStopper.ofRollbackIn(shop, write)));
      }
      Together.each(all, KilledWatcherIT::install);
      List<Map<String, KubeObject>> good = new ArrayList<>();
      for (Stopped stopped : all) {
        stopped.shop().awaitStable("shop", 1);
        good.add(web(stopped.shop()));
      }
      Together.each(all, stopped -> upgrade(stopped, "image.name=example/shop-crashes"));
      for (Stopped stopped : all) {
        stopped.stopper().awaitReached();
      }
      BelayProcess.kill();
      all.forEach(stopped -> stopped.stopper().release());

      BelayProcess.running();
      Together.each(
          all,
          stopped -> {
            TestNamespace shop = stopped.shop();
            shop.awaitCondition("shop", "RolledBack", "True");
            Sameness.assertSame(good.get(stopped.write() - 1), web(shop));
            assertThat(shop.history(Helm.HELM_4, "shop"))
                .as("killed at write " + stopped.write())
                .hasSize(3)
                .last()
                .asString()
                .startsWith("3 deployed Rollback to 1: ");
            shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP).succeeds();
          });
    } finally {
      all.forEach(Stopped::close);
    }
  }

  /** The same writes, of which the last but one says that the revision before is superseded. */
  @Test
  void killedInARollbackByHandTheNextWatcherFinishesIt() throws Exception {
    List<Stopped> all = new ArrayList<>();
    try {
      for (int write = 1; write <= WRITES; write += write < 6 ? 5 : 1) {
        TestNamespace shop = TestNamespace.enforced();
        all.add(new Stopped(write, shop, WriteStopper.ofRollbackIn(shop, write)));
      }
      Together.each(all, KilledWatcherIT::install);
      List<Map<String, KubeObject>> good = new ArrayList<>();
      for (Stopped stopped : all) {
        stopped.shop().awaitStable("shop", 1);
        good.add(web(stopped.shop()));
      }
      Together.each(all, stopped -> upgrade(stopped, "image.tag=3.0"));
      for (Stopped stopped : all) {
        stopped.shop().awaitStable("shop", 2);
        stopped.shop().kubectl("annotate", "release", "shop", "belay.dev/rollback-to=1").succeeds();
      }
      for (Stopped stopped : all) {
        stopped.stopper().awaitReached();
      }
      BelayProcess.kill();
      all.forEach(stopped -> stopped.stopper().release());

      BelayProcess.running();
      for (int i = 0; i < all.size(); i++) {
        TestNamespace shop = all.get(i).shop();
        shop.awaitStable("shop", 3);
        Sameness.assertSame(good.get(i), web(shop));
        assertThat(shop.history(Helm.HELM_4, "shop"))
            .as("killed at write " + all.get(i).write())
            .containsExactly(
                "1 superseded Install complete",
                "2 superseded Upgrade complete",
                "3 deployed Rollback to 1: asked for");
        assertThat(shop.release("shop").at("/metadata/annotations").has("belay.dev/rollback-to"))
            .isFalse();
      }
    } finally {
      all.forEach(Stopped::close);
    }
  }

  /** Nothing but the object itself tells that it was made anew. */
  @Test
  void whatAKilledWatcherHasMadeAnewGoesWithTheRelease() throws Exception {
    String map = "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {a: b}}\n";
    try (TestNamespace shop = TestNamespace.enforced();
        WriteStopper stopper = WriteStopper.ofRollbackIn(shop, 4)) {
      String web = Workloads.deployment("a/web:1");
      shop.helm(Helm.HELM_4, "install", "web", Chart.of(web + map)).succeeds();
      shop.awaitStable("web", 1);
      String crashing = Workloads.deployment("a/crashes:2");
      shop.helm(Helm.HELM_4, "upgrade", "web", Chart.of(crashing)).succeeds();
      stopper.awaitReached();
      BelayProcess.kill();
      stopper.release();
      shop.helm(Helm.HELM_4, "uninstall", "web").succeeds();
      assertThat(shop.exists("configmap", "web")).isTrue();

      BelayProcess.running();
      Awaitility.await()
          .atMost(TestNamespace.PATIENCE)
          .until(() -> !shop.exists("releases.belay.dev", "web"));
      assertThat(shop.exists("configmap", "web")).isFalse();
    }
  }

  /** The time counts from what is recorded, and what was broken before says so itself. */
  @Test
  void whatHappensWhileNoWatcherRunsIsJudgedByTheNextOne() {
    try (TestNamespace bad = TestNamespace.enforced();
        TestNamespace good = TestNamespace.enforced()) {
      for (TestNamespace shop : List.of(bad, good)) {
        UnreadyBeforeIT.send(shop, "Helm", "a/web:1", beside(shop));
      }
      for (TestNamespace shop : List.of(bad, good)) {
        UnreadyBeforeIT.awaitRevision(shop, 1);
        UnreadyBeforeIT.breakBeside(shop);
        shop.kubectl("delete", "pods", "-l", "app=db").succeeds();
        shop.awaitJson("statefulset", "db", db -> db.at("/status/availableReplicas").asInt() == 0);
        shop.kubectl("annotate", "release", "web", "belay.dev/timeout=12s").succeeds();
      }
      BelayProcess.kill();
      Instant sent = Instant.now();
      UnreadyBeforeIT.send(bad, "Helm", "a/never-ready:2", beside(bad));
      UnreadyBeforeIT.send(good, "Helm", "a/web:2", beside(good));
      Awaitility.await("the whole timeout")
          .atMost(TestNamespace.PATIENCE)
          .until(() -> Instant.now().isAfter(sent.plusSeconds(20)));
      BelayProcess.running();
      bad.awaitCondition("web", "RolledBack", "True");
      assertThat(bad.get("deployment", "web").toString()).contains("a/web:1");
      assertThat(bad.release("web").at("/status/failure/message").asText())
          .startsWith("Deployment/web: not ready within 12 s");
      UnreadyBeforeIT.awaitRevision(good, 2);
    }
  }

  private static void install(Stopped stopped) {
    stopped.shop().helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
  }

  private static void upgrade(Stopped stopped, String image) {
    String values = image + ",greeting=Hello,password=changed,service.port=8080,hpa.max=9";
    stopped
        .shop()
        .helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP, "--set", values)
        .succeeds();
  }

  /** A Deployment and a StatefulSet, which does not say since when it lacks Pods. */
  private static String beside(TestNamespace shop) {
    String beside = UnreadyBeforeIT.beside(shop);
    return beside
        + beside.replace("kind: Deployment", "kind: StatefulSet").replace("beside}", "db}");
  }

  private record Stopped(int write, TestNamespace shop, WriteStopper stopper) {
    void close() {
      stopper.close();
      shop.close();
    }
  }

  private static Map<String, KubeObject> web(TestNamespace shop) {
    Map<String, KubeObject> objects = shop.objects(KINDS);
    objects.keySet().removeIf(name -> !name.endsWith("/web"));
    return objects;
  }
}
