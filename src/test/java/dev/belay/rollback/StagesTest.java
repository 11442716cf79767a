package dev.belay.rollback;

import static dev.belay.rollback.Given.named;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.Rollback.Step;
import dev.belay.manifest.KubeObject;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class StagesTest {

  @Test
  void only_what_needs_another_waits_for_it() {
    List<KubeObject> stable =
        List.of(
            named("v1", "Namespace", "shop"),
            named("v1", "ServiceAccount", "web"),
            named("rbac.authorization.k8s.io/v1", "Role", "web"),
            named("rbac.authorization.k8s.io/v1", "RoleBinding", "web"),
            named("v1", "Secret", "web"),
            named("v1", "ConfigMap", "web"),
            named("v1", "Service", "web"),
            named("apps/v1", "Deployment", "web"),
            named("apps/v1", "StatefulSet", "db"),
            named("autoscaling/v2", "HorizontalPodAutoscaler", "web"),
            named("example.com/v1", "Widget", "web"));
    List<KubeObject> brought =
        List.of(
            named("v1", "ConfigMap", "new"),
            named("v1", "Secret", "new"),
            named("apps/v1", "Deployment", "new"),
            named("networking.k8s.io/v1", "Ingress", "new"));
    List<List<Step>> stages = Stages.of(Plan.of(stable, brought, Instant.EPOCH));
    assertThat(stages.stream().map(StagesTest::shown))
        .containsExactly(
            "Namespace/shop",
            "ServiceAccount/web Role/web",
            "Secret/web ConfigMap/web RoleBinding/web Service/web",
            "Deployment/web StatefulSet/db",
            "HorizontalPodAutoscaler/web Widget/web",
            "Ingress/new",
            "Deployment/new",
            "ConfigMap/new Secret/new");
  }

  private static String shown(List<Step> stage) {
    return stage.stream()
        .map(step -> step.kind() + "/" + step.name())
        .collect(Collectors.joining(" "));
  }
}
