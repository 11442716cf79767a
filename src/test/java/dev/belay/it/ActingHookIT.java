package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A hook that runs Pods first may take away what stands in the way of an object, or bring it. */
class ActingHookIT {

  private static final String DEPLOYMENT =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        selector: {matchLabels: {app: %1$s}}
        template:
          metadata: {labels: {app: %1$s}}
          spec: {%2$s containers: [{name: c, image: "a:1"}]}
      ---
      """;

  /** Helm waits until it is done, which is when the test has done what its Pod would. */
  private static final String HOOK =
      """
      apiVersion: batch/v1
      kind: Job
      metadata: {name: prepare, annotations: {helm.sh/hook: "%s"}}
      spec:
        suspend: true
        template: {spec: {restartPolicy: Never, containers: [{name: c, image: "a:1"}]}}
      ---
      """;

  private static final String OLD = DEPLOYMENT.formatted("web", "");
  private static final String NEW = DEPLOYMENT.formatted("shop", "");

  @ParameterizedTest
  @EnumSource(Helm.class)
  void what_it_may_delete_before_stands_in_no_ones_way(Helm helm) throws Exception {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(helm, "install", "web", Chart.of(OLD)).succeeds();
      shop.awaitStable("web", 1);
      assertThat(shop.helm(helm, "upgrade", "web", Chart.of(NEW)).fails())
          .contains("nothing of it was applied: Deployment/web: ")
          .contains("field is immutable");

      String chart = Chart.of(HOOK.formatted("pre-upgrade") + NEW);
      Command upgraded =
          whileItRuns(
              shop,
              () -> shop.helm(helm, "upgrade", "web", chart),
              () -> shop.kubectl("delete", "deployment", "web").succeeds());
      assertThat(upgraded.succeeds().err())
          .contains("Deployment/web: ")
          .contains("field is immutable")
          .contains("(unless Job/prepare (a hook) changes that before)");
      assertThat(shop.get("deployment", "web").at("/spec/selector/matchLabels/app").asText())
          .isEqualTo("shop");
    }
  }

  @ParameterizedTest
  @EnumSource(Helm.class)
  void what_it_may_bring_is_not_missed(Helm helm) throws Exception {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String chart =
          Chart.of(
              HOOK.formatted("pre-install")
                  + DEPLOYMENT.formatted("web", "serviceAccountName: later,"));
      Command installed =
          whileItRuns(
              shop,
              () -> shop.helm(helm, "install", "web", chart),
              () -> shop.kubectl("create", "serviceaccount", "later").succeeds());
      assertThat(installed.succeeds().err())
          .contains("Deployment/web: its Pods would be refused: ")
          .contains("not found (unless Job/prepare (a hook) changes that before)");
      shop.awaitStable("web", 1);
    }
  }

  @ParameterizedTest
  @EnumSource(Helm.class)
  void what_an_object_says_itself_is_refused_all_the_same(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(helm, "install", "web", Chart.of(OLD)).succeeds();
      String wrong = OLD.replace("selector:", "replicas: -1\n  selector:");
      assertThat(
              shop.helm(helm, "upgrade", "web", Chart.of(HOOK.formatted("pre-upgrade") + wrong))
                  .fails())
          .contains("nothing of it was applied: Deployment/web: spec.replicas");
      assertThat(
              shop.helm(helm, "upgrade", "web", Chart.of(HOOK.formatted("post-upgrade") + NEW))
                  .fails())
          .contains("nothing of it was applied: Deployment/web: ")
          .contains("field is immutable");
    }
  }

  private interface Helms {
    Command run();
  }

  /** Runs Helm, does this while it waits for the hook, and lets the hook end. */
  private static Command whileItRuns(TestNamespace shop, Helms helm, Runnable work)
      throws InterruptedException, ExecutionException, TimeoutException {
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<Command> ended = thread.submit(helm::run);
      Awaitility.await("the hook").until(() -> shop.exists("job", "prepare") || ended.isDone());
      work.run();
      shop.kubectl(Map.of(), "patch", "job", "prepare", "-p", "{\"spec\":{\"suspend\":false}}");
      return ended.get(1, TimeUnit.MINUTES);
    }
  }
}
