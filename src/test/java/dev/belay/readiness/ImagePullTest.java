package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts of container runtimes and registries as they stand in public reports, and what they say of
 * an image. It is noon, and the change began at 11:59.
 */
class ImagePullTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Instant BEGUN = NOON.minusSeconds(60);
  private static final String IMAGE = "ghcr.io/shop/web:2";
  private static final String UNPACK = "failed to pull and unpack image \"ghcr.io/shop/web:2\": ";

  @ParameterizedTest
  @ValueSource(
      strings = {
        // containerd, with any registry: HEAD has no text of the registry's own.
        "rpc error: code = NotFound desc = "
            + UNPACK
            + "failed to resolve reference \"ghcr.io/shop/web:2\": ghcr.io/shop/web:2: not found",
        UNPACK + "failed to resolve image: ghcr.io/shop/web:2: not found",
        "Back-off pulling image \"ghcr.io/shop/web:2\": ErrImagePull: rpc error: code = NotFound desc = "
            + UNPACK
            + "failed to resolve reference \"ghcr.io/shop/web:2\": ghcr.io/shop/web:2: not found",
        // CRI-O: Docker Hub and Quay, Amazon, Google, Harbor
        "rpc error: code = Unknown desc = initializing source docker://ghcr.io/shop/web:2: reading manifest 2 in ghcr.io/shop/web: manifest unknown",
        "rpc error: code = Unknown desc = Error reading manifest 2 in ghcr.io/shop/web: manifest unknown: manifest unknown",
        "initializing source docker://ghcr.io/shop/web:2: reading manifest 2 in ghcr.io/shop/web: name unknown: The repository with name 'web' does not exist in the registry with id '1'",
        "initializing source docker://ghcr.io/shop/web:2: reading manifest 2 in ghcr.io/shop/web: manifest unknown: Failed to fetch \"2\"",
        "initializing source docker://ghcr.io/shop/web:2: reading manifest 2 in ghcr.io/shop/web: unknown: repository shop/web not found",
        "unable to pull image or OCI artifact: pull image err: initializing source docker://ghcr.io/shop/web:2: reading manifest 2 in ghcr.io/shop/web: manifest unknown; artifact err: get manifest: build image source: reading manifest 2 in ghcr.io/shop/web: manifest unknown",
        // cri-dockerd
        "rpc error: code = Unknown desc = Error response from daemon: manifest for ghcr.io/shop/web:2 not found: manifest unknown: manifest unknown",
        "Error response from daemon: repository ghcr.io/shop/web not found: name unknown: The repository with name 'web' does not exist in the registry with id '1'",
        "Error response from daemon: unknown: artifact shop/web:2 not found",
        "Error response from daemon: failed to resolve reference \"ghcr.io/shop/web:2\": ghcr.io/shop/web:2: not found",
      })
  void the_registry_does_not_know_it(String said) throws Exception {
    assertThat(sign(said)).isInstanceOf(Trouble.ImageNotFound.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // a node or a mirror that has lost a part of it
        "rpc error: code = NotFound desc = "
            + UNPACK
            + "failed to extract layer sha256:4dca: failed to get reader from content store: content digest sha256:51f5: not found",
        "rpc error: code = NotFound desc = "
            + UNPACK
            + "failed to unpack image on snapshotter overlayfs: content digest sha256:0c18: not found",
        "rpc error: code = NotFound desc = "
            + UNPACK
            + "failed to copy: httpReadSeeker: failed open: content at https://ghcr.io/v2/shop/web/blobs/sha256:34ae not found: not found",
        "rpc error: code = NotFound desc = "
            + UNPACK
            + "failed to copy: httpReadSeeker: failed open: content at https://nexus.io/v2/shop/web/manifests/sha256:24de?ns=ghcr.io not found: not found",
        "rpc error: code = NotFound desc = "
            + UNPACK
            + "failed to copy: httpReadSeeker: failed open: could not fetch content descriptor sha256:a8a1 (application/vnd.docker.image.rootfs.diff.tar.gzip) from remote: not found",
        "rpc error: code = NotFound desc = "
            + UNPACK
            + "failed to prepare extraction snapshot \"extract-1 sha256:5b1f\": parent snapshot sha256:5b1f does not exist: not found",
        "rpc error: code = NotFound desc = blob not found",
        "reading blob sha256:34ae: fetching blob: blob unknown to registry",
        "reading blob sha256:34ae: fetching blob: name unknown",
        // no host was asked
        UNPACK + "failed to resolve reference \"ghcr.io/shop/web:2\": no resolve hosts: not found",
        // whether it is there is told to nobody who may not have it
        UNPACK
            + "failed to resolve reference \"ghcr.io/shop/web:2\": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
        "Error response from daemon: pull access denied for ghcr.io/shop/web, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
        "reading manifest 2 in ghcr.io/shop/web: denied",
        "reading manifest 2 in ghcr.io/shop/web: unauthorized: authentication required",
        UNPACK
            + "failed to resolve reference \"ghcr.io/shop/web:2\": failed to authorize: failed to fetch anonymous token: unexpected status: 404 Not Found",
        // busy, or not reached
        UNPACK
            + "failed to copy: httpReadSeeker: failed open: unexpected status code https://ghcr.io/v2/shop/web/manifests/2: 429 Too Many Requests - Server message: toomanyrequests",
        UNPACK
            + "failed to resolve reference \"ghcr.io/shop/web:2\": failed to do request: Head \"https://ghcr.io/v2/shop/web/manifests/2\": dial tcp: lookup ghcr.io: no such host",
        UNPACK
            + "failed to resolve reference \"ghcr.io/shop/web:2\": unexpected status from HEAD request to https://ghcr.io/v2/shop/web/manifests/2: 503 Service Unavailable",
        "(Mirrors also failed: [mirror.io/shop/web:2: reading manifest 2 in mirror.io/shop/web: manifest unknown]): ghcr.io/shop/web:2: pinging container registry ghcr.io: Get \"https://ghcr.io/v2/\": dial tcp 1.2.3.4:443: connect: connection refused",
        // a proxy's own page
        "reading manifest 2 in ghcr.io/shop/web: StatusCode: 404, \"<html>\"",
        "",
      })
  void that_may_pass(String said) throws Exception {
    assertThat(sign(said)).isInstanceOf(Trouble.MayPass.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rpc error: code = NotFound desc = "
            + UNPACK
            + "no match for platform in manifest: not found",
        UNPACK
            + "failed to resolve reference \"ghcr.io/shop/web:2\": no match for platform in manifest sha256:a1: not found",
        "choosing an image from manifest list docker://ghcr.io/shop/web:2: no image found in image index for architecture \"arm64\", variant \"v8\", OS \"linux\"",
        "choosing image instance: no image found in manifest list for architecture arm64, variant \"v8\", OS linux",
      })
  void it_is_not_for_this_kind_of_node(String said) throws Exception {
    assertThat(sign(said)).isInstanceOf(Trouble.Certain.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quay.io/authentication/connection:timeout",
        "quay.io/a/blob-layer@sha256:certificate"
      })
  void a_name_may_have_any_words_in_it(String image) throws Exception {
    String repository = image.split("@|:timeout")[0];
    String said =
        "initializing source docker://%s: reading manifest 2 in %s: manifest unknown"
            .formatted(image, repository);
    assertThat(trouble(image, said, "").sign()).isInstanceOf(Trouble.ImageNotFound.class);
  }

  @ParameterizedTest
  @CsvSource({"True,2026-01-01T11:59:30Z", "False,", "Unknown,"})
  void it_is_asked_for_when_volumes_and_sandbox_are_there(String status, Instant since)
      throws Exception {
    String sandbox =
        "{type: PodReadyToStartContainers, status: '%s', lastTransitionTime: '2026-01-01T11:59:30Z'}"
            .formatted(status);
    assertThat(trouble(IMAGE, NOT_FOUND, sandbox).sign())
        .isEqualTo(new Trouble.ImageNotFound(since));
  }

  @Test
  void where_no_condition_is_it_is_not_known_when_it_was_asked_for() throws Exception {
    assertThat(trouble(IMAGE, NOT_FOUND, "").sign()).isEqualTo(new Trouble.ImageNotFound(null));
  }

  private static final String NOT_FOUND =
      "failed to resolve reference \"ghcr.io/shop/web:2\": ghcr.io/shop/web:2: not found";

  private static Trouble.Sign sign(String said) throws Exception {
    return trouble(IMAGE, said, "").sign();
  }

  private static Trouble trouble(String image, String said, String conditions) throws Exception {
    KubeObject workload =
        read("{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}}");
    KubeObject pod =
        read(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web-1, namespace: shop, creationTimestamp: '2026-01-01T11:59:01Z'}
            spec: {containers: [{name: web}]}
            status:
              phase: Pending
              startTime: '2026-01-01T11:59:02Z'
              conditions: [%s]
              containerStatuses:
              - name: web
                image: '%s'
                state: {waiting: {reason: ErrImagePull, message: '%s'}}
            """
                .formatted(conditions, image, said.replace("'", "''")));
    Subject subject = new Subject(workload, Related.NONE, BEGUN, NOON);
    NewPod newPod = NewPod.of(subject, pod);
    return ImagePull.of(newPod, Container.of(pod).getFirst(), List.of(newPod)).orElseThrow();
  }

  private static KubeObject read(String yaml) throws Exception {
    return ManifestReader.read(yaml).getFirst();
  }
}
