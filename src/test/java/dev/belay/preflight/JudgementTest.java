package dev.belay.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.belay.cluster.Actor;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.DryRun;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Refused;
import dev.belay.preflight.Outcome.Unknown;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgementTest {

  private static final String POLICY =
      "pods \"a\" is forbidden: ValidatingAdmissionPolicy 'tier' with binding 'all' denied request: no";
  private static final String WEBHOOK =
      "admission webhook \"v.example.com\" denied the request: no";
  private static final String RIGHT =
      "pods is forbidden: User \"deployer\" cannot create resource \"pods\" in API group \"\" in the namespace \"shop\"";

  private static final KubeObject ASKED =
      PodOfTest.object("{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}}");

  private static final String SILENCE =
      "Internal error occurred: failed calling webhook \"v.example.com\": connection refused";
  private static final String ABSENT =
      "Internal error occurred: failed calling webhook \"v.example.com\": failed to call webhook:"
          + " Post \"https://web.shop.svc:443/?timeout=10s\": service \"web\" not found";
  private static final String MUTATION =
      "policy 'tier' with binding 'all' denied request: failed to configure binding: no params found";
  private static final String TAKEN =
      "admission webhook \"v.example.com\" denied the request: host \"x\" is in pod shop/old.";
  private static final String QUOTA =
      "pods \"a\" is forbidden: exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        POLICY
            + "  | {kind: ValidatingAdmissionPolicy, metadata: {name: tier}}                 | false",
        POLICY
            + "  | {kind: ValidatingAdmissionPolicyBinding, metadata: {name: all}}           | false",
        POLICY
            + "  | {kind: ValidatingAdmissionPolicy, metadata: {name: other}}                | true",
        POLICY
            + "  | {kind: MutatingAdmissionPolicy, metadata: {name: other}}                  | false",
        WEBHOOK
            + " | {kind: ValidatingWebhookConfiguration, webhooks: [{name: v.example.com}]} | false",
        WEBHOOK
            + " | {kind: ValidatingWebhookConfiguration, webhooks: [{name: example.com}]}   | true",
        WEBHOOK
            + " | {kind: MutatingWebhookConfiguration, webhooks: [{name: m.example.com}]}   | false",
        WEBHOOK
            + " | {apiVersion: kyverno.io/v1, kind: ClusterPolicy}                          | false",
        MUTATION
            + " | {kind: MutatingAdmissionPolicy, metadata: {name: tier}}                  | false",
        POLICY
            + "  | {kind: Namespace, metadata: {name: shop}}                                | false",
        POLICY
            + "  | {kind: Namespace, metadata: {name: other}}                               | true",
        WEBHOOK
            + " | {kind: Namespace, metadata: {name: shop}}                                | false",
        SILENCE
            + " | {kind: ValidatingWebhookConfiguration, webhooks: [{name: v.example.com}]} | false",
        SILENCE
            + " | {kind: MutatingWebhookConfiguration, webhooks: [{name: v.example.com}]}  | false",
        SILENCE
            + " | {kind: MutatingWebhookConfiguration, webhooks: [{name: w.example.com}]}  | true",
        ABSENT
            + "  | {kind: Service, metadata: {name: web}}                                    | false",
        ABSENT
            + "  | {kind: Service, metadata: {name: web, namespace: shop}}                   | false",
        ABSENT
            + "  | {kind: Service, metadata: {name: web, namespace: sho}}                    | true",
        ABSENT
            + "  | {kind: Service, metadata: {name: eb}}                                     | true",
        TAKEN
            + "   | {kind: Pod, metadata: {name: old}}                                       | false",
        TAKEN
            + "   | {kind: Pod, metadata: {name: ol}}                                        | true",
        TAKEN
            + "   | {kind: Pod, metadata: {name: shop}}                                      | true",
        RIGHT
            + "   | {kind: Pod, metadata: {name: deployer}}                                  | true",
        TAKEN
            + "   | {kind: Service, metadata: {name: old}}                                   | true",
        QUOTA
            + "   | {kind: ResourceQuota, metadata: {name: few}}                              | false",
        QUOTA
            + "   | {kind: ResourceQuota, metadata: {name: few-more}}                         | true",
        QUOTA
            + "   | {kind: LimitRange, metadata: {name: usual}}                               | false",
      })
  void what_the_release_brings_makes_no_refusal_of_what_depends_on_it(
      String message, String brought, boolean refused) {
    KubeObject object = PodOfTest.object(brought.replace("{kind", "{apiVersion: v1, kind"));
    Outcome outcome = judged(message, object);
    if (refused) {
      assertThat(outcome).isInstanceOf(Refused.class);
    } else {
      assertThat(outcome)
          .isInstanceOfSatisfying(
              Unknown.class,
              unknown -> {
                assertThat(message).endsWith(unknown.why());
                assertThat(unknown.since()).isEqualTo("brings " + object.key().display());
              });
    }
    assertThat(judged(message, PodOfTest.object("{apiVersion: v1, kind: ConfigMap}")))
        .isInstanceOf(Refused.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{kind: RoleBinding, roleRef: {kind: Role, name: web}}                     | {kind: Role, metadata: {name: web}}",
        "{kind: ClusterRoleBinding, roleRef: {kind: ClusterRole, name: web}}       | {kind: ClusterRole, metadata: {name: web}}",
        "{kind: PersistentVolumeClaim, spec: {storageClassName: fast}}             | {kind: StorageClass, metadata: {name: fast}}",
        "{kind: Pod, spec: {runtimeClassName: slow}}                               | {kind: RuntimeClass, metadata: {name: slow}}",
      })
  void what_is_judged_by_another_object_is_judged_when_that_is_as_it_will_be(
      String refused, String judge) {
    KubeObject asked = PodOfTest.object(refused.replaceFirst("\\{kind", "{apiVersion: v1, kind"));
    KubeObject other = PodOfTest.object(judge.replace("{kind", "{apiVersion: v1, kind"));
    assertThat(judged(asked, "is forbidden: no", other, false))
        .isEqualTo(new Unknown("no", "brings " + other.key().display()));
    assertThat(judged(asked, "is forbidden: no", other, true)).isInstanceOf(Refused.class);
  }

  private static Outcome judged(String message, KubeObject brought) {
    return judged(ASKED, message, brought, false);
  }

  private static Outcome judged(
      KubeObject asked, String message, KubeObject brought, boolean stays) {
    ApiResponse response =
        new ApiResponse(
            Judgement.bySilence(message) ? 500 : 403,
            JsonNodeFactory.instance.objectNode().put("message", message),
            List.of());
    return new Judgement(
            new Brought(
                List.of(brought),
                object ->
                    stays ? Optional.empty() : Optional.of("brings " + object.key().display())),
            Actor.serviceAccount("a", "b"),
            words -> Optional.empty())
        .of(new DryRun.Answer(asked, response, true));
  }
}
