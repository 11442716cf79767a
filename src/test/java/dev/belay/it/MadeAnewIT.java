package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Objects that a failed upgrade has deleted, with what others had written into them. */
class MadeAnewIT {

  private static final String CHART =
      Chart.of(
          Workloads.deployment("example/{{ .Values.image }}")
              + """
              {{- if .Values.extra }}
              ---
              apiVersion: v1
              kind: ServiceAccount
              metadata: {name: robot}
              ---
              apiVersion: v1
              kind: Secret
              metadata:
                name: robot-token
                annotations: {kubernetes.io/service-account.name: robot}
              type: kubernetes.io/service-account-token
              ---
              apiVersion: v1
              kind: Pod
              metadata: {name: alone, labels: {app: alone}}
              spec: {containers: [{name: alone, image: "example/shop:1"}]}
              {{- end }}
              """);

  @ParameterizedTest
  @EnumSource(Helm.class)
  void whatTheyHadWrittenIsTheirsToWriteAnew(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(helm, "install", "shop", CHART, "--set", "image=shop:1,extra=yes").succeeds();
      shop.awaitStable("shop", 1);
      Map<String, KubeObject> before = shop.objects("serviceaccounts,secrets,pods");
      shop.helm(helm, "upgrade", "shop", CHART, "--set", "image=shop-crashes:2,extra=").succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");

      KubeObject robot = KubeObject.of(shop.get("serviceaccount", "robot"));
      assertThat(robot.uid()).isNotEqualTo(before.get("ServiceAccount/robot").uid());
      // The controller deletes a token of an account that is no more, and fills in one that is new.
      shop.awaitJson(
          "secret",
          "robot-token",
          read ->
              read.at("/metadata/annotations/kubernetes.io~1service-account.uid")
                      .asText()
                      .equals(robot.uid())
                  && !read.at("/data/token").asText().isEmpty()
                  && !read.at("/data/token")
                      .equals(before.get("Secret/robot-token").at("data", "token")));
      shop.awaitJson("pod", "alone", read -> read.at("/status/phase").asText().equals("Running"));
    }
  }
}
