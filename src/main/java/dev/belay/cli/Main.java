package dev.belay.cli;

import dev.belay.certificate.GateCertificate;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code belay gate|watcher|all}: begins the role, after making what its HTTP server needs. */
@QuarkusMain
public final class Main {

  static final String USAGE =
      """
      usage: belay gate|watcher|all
        gate     answers the API server's admission reviews
        watcher  watches releases, restores what failed, says why
        all      both in one process
      """;

  private Main() {}

  public static void main(String... args) throws IOException {
    Optional<Role> role = args.length == 1 ? Role.of(args[0]) : Optional.empty();
    if (role.isEmpty()) {
      System.err.print(USAGE);
      System.exit(2);
      return;
    }
    System.setProperty("belay.role", role.get().name());
    if (role.get().gate()) {
      prepareCertificate();
    } else {
      System.setProperty("quarkus.http.host-enabled", "false");
    }
    Quarkus.run(args);
  }

  /** Before the HTTP server starts, since that reads the files when it does. */
  private static void prepareCertificate() throws IOException {
    String stateDir = System.getenv("BELAY_STATE_DIR");
    Path folder =
        stateDir == null || stateDir.isEmpty()
            ? Files.createTempDirectory("belay-")
            : Path.of(stateDir);
    String namespace = environment("BELAY_NAMESPACE", "belay-system");
    String service = environment("BELAY_GATE_SERVICE", "belay");
    List<String> names =
        new ArrayList<>(
            List.of(
                service + "." + namespace + ".svc",
                service + "." + namespace + ".svc.cluster.local"));
    String host = environment("BELAY_GATE_HOST", "");
    if (!host.isEmpty()) {
      names.add(host);
    }
    GateCertificate made = GateCertificate.create(folder, names, Instant.now());
    System.setProperty("belay.tls.ca", made.authority().toString());
    System.setProperty("quarkus.http.tls-configuration-name", "gate");
    System.setProperty("quarkus.http.insecure-requests", "disabled");
    System.setProperty("quarkus.tls.gate.key-store.pem.gate.cert", made.certificate().toString());
    System.setProperty("quarkus.tls.gate.key-store.pem.gate.key", made.key().toString());
    System.setProperty("belay.tls.certificate", made.certificate().toString());
  }

  private static String environment(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null || value.isEmpty() ? otherwise : value;
  }
}
