package dev.belay.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.belay.cluster.Actor;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.DryRun;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Refused;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgementTest {

  private static final String POLICY =
      "pods \"a\" is forbidden: ValidatingAdmissionPolicy 'tier' with binding 'all' denied request: no";
  private static final String WEBHOOK =
      "admission webhook \"v.example.com\" denied the request: no";
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
    assertThat(judged(message, object) instanceof Refused).isEqualTo(refused);
    assertThat(judged(message, PodOfTest.object("{apiVersion: v1, kind: ConfigMap}")))
        .isInstanceOf(Refused.class);
  }

  private static Outcome judged(String message, KubeObject brought) {
    ApiResponse response =
        new ApiResponse(
            403, JsonNodeFactory.instance.objectNode().put("message", message), List.of());
    return new Judgement(
            new Brought(List.of(brought), Map.of(), Set.of()),
            Actor.serviceAccount("a", "b"),
            words -> false)
        .of(new DryRun.Answer(response, true));
  }
}
