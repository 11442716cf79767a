package dev.belay.rollback;

import static dev.belay.rollback.Given.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RemadeClaimTest {

  private static final KubeObject BOUND =
      object(
          """
          apiVersion: v1
          kind: PersistentVolumeClaim
          metadata:
            name: data
            annotations:
              example.com/mine: "1"
              pv.kubernetes.io/bind-completed: "yes"
              pv.kubernetes.io/bound-by-controller: "yes"
              volume.kubernetes.io/selected-node: node-1
              volume.kubernetes.io/storage-provisioner: example.com/disk
              volume.beta.kubernetes.io/storage-provisioner: example.com/disk
          spec: {volumeName: pv-1, storageClassName: fast}
          """);

  @Test
  void the_notes_of_controllers_are_not_carried_over() {
    assertThat(Restoration.creation(BOUND).annotations()).containsOnlyKeys("example.com/mine");
    assertThat(Restoration.creation(BOUND).text("", "spec", "volumeName")).isEqualTo("pv-1");
  }

  @Test
  void what_controllers_note_on_the_new_one_stays() {
    KubeObject made = Restoration.creation(BOUND);
    assertThat(Restoration.sameContent(BOUND, made)).isTrue();
    assertThat(Restoration.replacement(BOUND, made).annotations())
        .containsOnlyKeys("example.com/mine");
  }

  @Test
  void only_a_volume_that_was_found_for_it_may_be_another_one() {
    assertThat(RemadeClaim.volume(BOUND)).hasValue("pv-1");
    KubeObject asked =
        object(
            "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {volumeName: pv-1}}");
    assertThat(RemadeClaim.volume(asked)).isEmpty();
    assertThat(RemadeClaim.volume(RemadeClaim.withoutVolume(BOUND))).isEmpty();
  }

  @Test
  void a_volume_is_kept_only_where_its_policy_says_so() {
    assertThat(RemadeClaim.isKept(Optional.empty())).isFalse();
    assertThat(RemadeClaim.isKept(volume("Delete"))).isFalse();
    assertThat(RemadeClaim.isKept(volume("Retain"))).isTrue();
  }

  private static Optional<KubeObject> volume(String policy) {
    return Optional.of(
        object(
            "{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv-1}, spec: {persistentVolumeReclaimPolicy: %s}}"
                .formatted(policy)));
  }
}
