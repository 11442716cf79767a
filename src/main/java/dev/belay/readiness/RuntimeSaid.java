package dev.belay.readiness;

import java.util.regex.Pattern;

/** What a container runtime said, without the names of the programs that passed it on. */
final class RuntimeSaid {

  private static final Pattern PASSED_ON =
      Pattern.compile(
          "^(?:rpc error: code = \\w+ desc = "
              + "|(?:Error|Error response from daemon|failed to create containerd task"
              + "|failed to create shim task|failed to start container \"[^\"]*\""
              + "|OCI runtime create failed|runc create failed|container create failed"
              + "|unable to start container process|error during container init): )+");

  private RuntimeSaid() {}

  /** All of it where nothing else is in it. */
  static String of(String message) {
    String rest = PASSED_ON.matcher(message.strip()).replaceFirst("");
    return rest.isBlank() ? message : rest;
  }
}
