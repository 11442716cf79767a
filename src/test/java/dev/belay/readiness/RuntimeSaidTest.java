package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of container runtimes as they stand in public reports: of the image, or of the node. */
class RuntimeSaidTest {

  private static final String CONTAINERD =
      "failed to create containerd task: failed to create shim task: OCI runtime create failed: ";
  private static final String RUNC =
      CONTAINERD + "runc create failed: unable to start container process: ";
  private static final String DOCKER =
      "failed to start container \"4f5e\": Error response from daemon: ";

  @ParameterizedTest
  @ValueSource(
      strings = {
        // containerd and runc
        RUNC + "exec: \"serve\": executable file not found in $PATH: unknown",
        RUNC + "error during container init: exec: \"serve\": executable file not found in $PATH",
        RUNC + "exec: \"/app\": stat /app: no such file or directory: unknown",
        RUNC + "exec: \"/app/run\": stat /app/run: not a directory: unknown",
        RUNC + "exec: \"./start.sh\": permission denied: unknown",
        RUNC + "error during container init: exec: \"/etc\": is a directory: unknown",
        RUNC + "exec /app: exec format error: unknown",
        RUNC
            + "error during container init: chdir to cwd (\"/srv\") set in config.json failed: no such file or directory: unknown",
        "failed to generate container \"4f5e\" spec: failed to generate spec: no command specified",
        // runc before 1.1
        CONTAINERD
            + "container_linux.go:380: starting container process caused: exec: \"x\": executable file not found in $PATH: unknown",
        "oci runtime error: container_linux.go:247: starting container process caused \"chdir to cwd (\\\"/opt/app-root/src\\\") set in config.json failed: no such file or directory\"",
        "standard_init_linux.go:228: exec user process caused: exec format error",
        // CRI-O with runc, and with crun
        "container create failed: time=\"2026-01-01T12:00:00Z\" level=error msg=\"runc create failed: unable to start container process: exec: \\\"nope\\\": executable file not found in $PATH\"",
        "container create failed: executable file `nope` not found in $PATH: No such file or directory",
        "container create failed: executable file not found in $PATH: No such file or directory",
        "container create failed: open executable: Permission denied",
        // cri-dockerd
        DOCKER
            + "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"x\": executable file not found in $PATH: unknown",
        DOCKER
            + "OCI runtime create failed: container_linux.go:348: starting container process caused \"chdir to cwd (\\\"/home/nonroot\\\") set in config.json failed: permission denied\": unknown",
      })
  void the_command_or_its_directory_is_of_the_image(String said) {
    assertThat(RuntimeSaid.isOfTheImage(said)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // hooks and drivers of graphics cards
        RUNC
            + "error during container init: error running hook #0: error running hook: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy' nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1: cannot open shared object file: no such file or directory: unknown",
        CONTAINERD
            + "exec: \"nvidia-container-runtime-hook\": executable file not found in $PATH: unknown",
        RUNC
            + "error during container init: error running prestart hook #0: fork/exec /usr/local/nvidia/toolkit/nvidia-container-runtime-hook: no such file or directory: unknown",
        CONTAINERD
            + "unable to retrieve OCI runtime error (open /run/containerd/io.containerd.runtime.v2.task/k8s.io/4f5e/log.json: no such file or directory): exec: \"runc\": executable file not found in $PATH: unknown",
        CONTAINERD
            + "unable to retrieve OCI runtime error (open /run/containerd/io.containerd.runtime.v2.task/k8s.io/4f5e/log.json: no such file or directory): fork/exec /usr/bin/runc: exec format error: unknown",
        "failed to create containerd task: failed to start shim: start failed: : exec: \"/\": permission denied: unknown",
        // mounts
        RUNC
            + "error during container init: error mounting \"/var/lib/kubelet/pods/c99d/volumes/kubernetes.io~empty-dir/tmp\" to rootfs at \"/tmp\": mkdir /run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/a/rootfs/tmp: permission denied: unknown",
        RUNC
            + "error during container init: error mounting \"/var/lib/kubelet/pods/c99d/etc-hosts\" to rootfs at \"/etc/hosts\": mount /var/lib/kubelet/pods/c99d/etc-hosts:/etc/hosts (via /proc/self/fd/6), flags: 0x5000: not a directory: unknown",
        "failed to create containerd task: failed to create shim task: failed to mount rootfs component: mount source: \"overlay\", target: \"/run/rootfs\", fstype: overlay, err: no such file or directory: unknown",
        "container create failed: container_linux.go:274: starting container process caused \"process_linux.go:366: container init caused \\\"rootfs_linux.go:57: mounting \\\\\\\"/var/lib/kubelet/pods/277e/etc-hosts\\\\\\\" caused \\\\\\\"no such file or directory\\\\\\\"\\\"\"",
        "container create failed: cannot stat `/run/containers/storage/overlay-containers/abc/userdata/hosts`: Permission denied: OCI permission denied",
        // cgroups and namespaces
        RUNC
            + "unable to apply cgroup configuration: open /sys/fs/cgroup/cpu/kubepods/cgroup.procs: no such file or directory: unknown",
        RUNC
            + "error creating new parent process: namespace path: lstat /proc/3865/ns/ipc: no such file or directory: unknown",
        // containerd itself
        "failed to reserve container name \"web_web-1_shop_0\": name \"web_web-1_shop_0\" is reserved for \"4f5e\"",
        "context deadline exceeded",
      })
  void what_a_sick_node_says_is_not(String said) {
    assertThat(RuntimeSaid.isOfTheImage(said)).isFalse();
  }
}
