package dev.belay.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaUsageTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "services.loadbalancers | {type: LoadBalancer, ports: [{}, {}]}                         | 1",
        "services.loadbalancers | {type: NodePort, ports: [{}]}                                 | 0",
        "services.nodeports     | {type: NodePort, ports: [{}, {}]}                             | 2",
        "services.nodeports     | {type: ClusterIP, ports: [{}, {}]}                            | 0",
        "services.nodeports     | {type: LoadBalancer, ports: [{}, {}]}                         | 2",
        "services.nodeports     | {type: LoadBalancer, allocateLoadBalancerNodePorts: false,"
            + " ports: [{nodePort: 30000}, {}]}                                                 | 1",
        "services               | {type: LoadBalancer, ports: [{}]}                             | 0",
      })
  void a_service_takes_ports_and_balancers(String resource, String spec, String taken) {
    assertThat(
            QuotaUsage.of(
                resource, PodOfTest.object("{apiVersion: v1, kind: Service, spec: " + spec + "}")))
        .isEqualByComparingTo(taken);
  }

  @ParameterizedTest
  @CsvSource({
    "requests.storage, 2147483648",
    "fast.storageclass.storage.k8s.io/requests.storage, 2147483648",
    "slow.storageclass.storage.k8s.io/requests.storage, 0",
    "fast.storageclass.storage.k8s.io/persistentvolumeclaims, 1",
    "persistentvolumeclaims, 0",
  })
  void a_claim_takes_storage_in_all_and_of_its_class(String resource, String taken) {
    assertThat(
            QuotaUsage.of(
                resource,
                PodOfTest.object(
                    """
                    apiVersion: v1
                    kind: PersistentVolumeClaim
                    spec: {storageClassName: fast, resources: {requests: {storage: 2Gi}}}
                    """)))
        .isEqualByComparingTo(taken);
  }
}
