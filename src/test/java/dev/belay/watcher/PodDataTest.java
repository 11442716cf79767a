package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Trouble;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What Pods read, and whether the change has changed it. */
class PodDataTest {

  private static final ObjectKey CFG = new ObjectKey("", "ConfigMap", "shop", "cfg");
  private static final ObjectKey DB = new ObjectKey("", "Secret", "shop", "db");

  private static final String OLD_CFG =
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: cfg, namespace: shop, labels: {helm.sh/chart: shop-1.0.0}}, data: {a: '1'}}";
  private static final String OLD_DB =
      "{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}, type: Opaque, data: {p: eA==}}";

  private final Map<ObjectKey, KubeObject> cluster = new HashMap<>();
  private final PodData data = new PodData(key -> Optional.ofNullable(cluster.get(key)));
  private final KubeObject worker =
      read(
          """
          apiVersion: apps/v1
          kind: Deployment
          metadata:
            name: worker
            namespace: shop
            managedFields:
            - {manager: helm, operation: Update, fieldsV1: {'f:spec': {}}}
            - {manager: kube-controller-manager, operation: Update, subresource: status, fieldsV1: {'f:status': {}}}
          spec:
            template:
              spec:
                containers:
                - name: c
                  envFrom: [{configMapRef: {name: cfg}}]
                  env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: p}}}]
          """);

  // differs

  @Test
  void labels_and_annotations_of_a_new_chart_version_are_nothing_that_pods_read() {
    there(OLD_CFG.replace("shop-1.0.0", "shop-1.1.0, app.kubernetes.io/version: '9'"));
    there(OLD_DB.replace("name: db,", "name: db, annotations: {checksum/config: abc},"));
    assertThat(data.differs(worker, stable())).isFalse();
  }

  @Test
  void other_data_differ() {
    there(OLD_DB);
    there(OLD_CFG.replace("'1'", "'2'"));
    assertThat(data.differs(worker, stable())).isTrue();
    there(OLD_CFG.replace("data: {a: '1'}", "data: {a: '1'}, binaryData: {b: eA==}"));
    assertThat(data.differs(worker, stable())).isTrue();
    there(OLD_CFG);
    assertThat(data.differs(worker, stable())).isFalse();
    there(OLD_DB.replace("Opaque", "kubernetes.io/basic-auth"));
    assertThat(data.differs(worker, stable())).isTrue();
  }

  @Test
  void what_is_gone_differs() {
    there(OLD_DB);
    assertThat(data.differs(worker, stable())).isTrue();
  }

  @Test
  void what_the_stable_revision_does_not_hold_does_not_count() {
    there(OLD_CFG.replace("'1'", "'2'"));
    assertThat(data.differs(worker, Map.of())).isFalse();
  }

  @Test
  void no_data_is_the_same_as_empty_data() {
    assertThat(PodData.digest(read(OLD_CFG.replace("{a: '1'}", "{}"))))
        .isEqualTo(PodData.digest(read(OLD_CFG.replace(", data: {a: '1'}", ""))));
  }

  // missing

  @Test
  void what_pods_name_and_is_not_there_is_missing() {
    there(OLD_CFG);
    assertThat(data.missing(worker)).containsExactly("Secret/db");
    there(OLD_DB);
    assertThat(data.missing(worker)).isEmpty();
  }

  // has

  @Test
  void what_was_missing_is_there_with_its_key() {
    assertThat(data.has(new Trouble.Missing(CFG, ""))).isFalse();
    there(OLD_CFG);
    assertThat(data.has(new Trouble.Missing(CFG, ""))).isTrue();
    assertThat(data.has(new Trouble.Missing(CFG, "a"))).isTrue();
    assertThat(data.has(new Trouble.Missing(CFG, "k"))).isFalse();
  }

  // neverComes

  @Test
  void a_key_never_comes_into_what_only_the_client_of_the_workload_writes() {
    there(writtenBy("helm"));
    assertThat(data.neverComes(new Trouble.Missing(CFG, "k"), worker)).isTrue();
  }

  @Test
  void a_key_may_come_where_another_manager_writes_too() {
    there(writtenBy("helm", "injector"));
    assertThat(data.neverComes(new Trouble.Missing(CFG, "k"), worker)).isFalse();
    there(writtenBy("injector"));
    assertThat(data.neverComes(new Trouble.Missing(CFG, "k"), worker)).isFalse();
  }

  @Test
  void a_key_that_is_there_by_now_has_come() {
    there(writtenBy("helm"));
    assertThat(data.neverComes(new Trouble.Missing(CFG, "a"), worker)).isFalse();
  }

  @Test
  void a_whole_object_may_always_come() {
    assertThat(data.neverComes(new Trouble.Missing(CFG, "k"), worker)).isFalse();
    there(writtenBy("helm"));
    assertThat(data.neverComes(new Trouble.Missing(CFG, ""), worker)).isFalse();
  }

  // ---

  private static Map<ObjectKey, String> stable() {
    return Map.of(CFG, PodData.digest(read(OLD_CFG)), DB, PodData.digest(read(OLD_DB)));
  }

  private static String writtenBy(String... managers) {
    StringBuilder fields = new StringBuilder();
    for (String manager : managers) {
      fields.append("{manager: ").append(manager).append(", fieldsV1: {'f:data': {}}},");
    }
    return OLD_CFG.replace("name: cfg,", "name: cfg, managedFields: [" + fields + "],");
  }

  private void there(String yaml) {
    KubeObject object = read(yaml);
    cluster.put(object.key(), object);
  }

  private static KubeObject read(String yaml) {
    try {
      return ManifestReader.read(yaml).getFirst();
    } catch (Exception e) {
      throw new IllegalArgumentException(yaml, e);
    }
  }
}
