package dev.belay.readiness;

import com.google.re2j.Pattern;

/**
 * What a container runtime said, without the names of the programs that passed it on.
 *
 * <p>Texts: runc, libcontainer/init_linux.go and standard_init_linux.go; crun,
 * src/libcrun/container.c; containerd, internal/cri/opts/spec_opts.go.
 */
final class RuntimeSaid {

  private static final Pattern PASSED_ON =
      Pattern.compile(
          "^(?:rpc error: code = \\w+ desc = "
              + "|(?:Error|Error response from daemon|failed to create containerd task"
              + "|failed to create shim task|failed to start container \"[^\"]*\""
              + "|OCI runtime create failed|runc create failed|container create failed"
              + "|unable to start container process|error during container init): )+");

  /**
   * A command or working directory that the image does not have. What runc says of them follows its
   * words for the container's own process: a hook, a mount or the runtime itself fails on a node
   * with the same words, and such nodes recover or are replaced.
   */
  private static final Pattern RUNC =
      Pattern.compile(
          "container (?:process|init)(?: caused)?[: \"]+(?:\\w+\\.go:\\d+: )?"
              + "(?:exec: \"[^\"]*\": (?:stat [^:]*: )?(?:executable file not found"
              + "|no such file or directory|permission denied|is a directory|not a directory"
              + "|exec format error)"
              + "|exec [^:]*: exec format error"
              + "|chdir to cwd )"
              + "|exec user process caused[: \"]+exec format error"
              + "|(?:^|: )no command specified");

  /** The same of crun, which says nothing before it. */
  private static final Pattern CRUN =
      Pattern.compile(
          "^(?:crun: )?(?:executable file (?:[`'][^`']*[`'] )?not found in \\$PATH"
              + "|open executable: )");

  private RuntimeSaid() {}

  /** Whether this is about the image or the command, which the next try finds as it is. */
  static boolean isOfTheImage(String message) {
    // Runtimes quote each other.
    return RUNC.matcher(message.replace("\\", "")).find() || CRUN.matcher(of(message)).find();
  }

  /** All of it where nothing else is in it. */
  static String of(String message) {
    String rest = PASSED_ON.matcher(message.strip()).replaceFirst("");
    return rest.isBlank() ? message : rest;
  }
}
