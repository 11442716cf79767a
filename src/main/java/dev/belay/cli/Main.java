package dev.belay.cli;

import dev.belay.certificate.ServedKey;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command line: begins a role, or does something once and ends. */
@QuarkusMain
public final class Main {

  static final String USAGE =
      """
      usage: belay gate|watcher|all|verify|cleanup
        gate     answers the API server's admission reviews
        watcher  watches releases, restores what failed, says why
        all      both in one process
        verify   asks whether the API server can reach a gate, and ends
        cleanup  ends Belay's work in the cluster, before it is uninstalled
      """;

  private Main() {}

  public static void main(String... args) {
    List<String> wrong = Settings.wrong(System.getenv());
    if (!wrong.isEmpty()) {
      wrong.forEach(sentence -> System.err.println("belay: " + sentence));
      System.exit(2);
      return;
    }
    if (args.length == 1 && (args[0].equals(Cleanup.NAME) || args[0].equals(Verify.NAME))) {
      System.setProperty("quarkus.http.host-enabled", "false");
      System.setProperty("quarkus.management.port", "0");
      System.setProperty("quarkus.log.level", "WARN");
      Quarkus.run(Once.class, args);
      return;
    }
    Optional<Role> role = args.length == 1 ? Role.of(args[0]) : Optional.empty();
    if (role.isEmpty()) {
      System.err.print(USAGE);
      System.exit(2);
      return;
    }
    System.setProperty("belay.role", role.get().name());
    prepareTraces();
    if (role.get().gate()) {
      prepareTls();
    } else {
      System.setProperty("quarkus.http.host-enabled", "false");
    }
    Quarkus.run(args);
  }

  /** The server speaks TLS only, with what {@link ServedKey} has once the cluster is read. */
  private static void prepareTls() {
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
    System.setProperty("belay.tls.names", String.join(",", names));
    System.setProperty("quarkus.http.tls-configuration-name", ServedKey.TLS);
    System.setProperty("quarkus.http.insecure-requests", "disabled");
    System.setProperty("quarkus.tls." + ServedKey.TLS + ".protocols", "TLSv1.3,TLSv1.2");
  }

  /** Nothing is traced where no endpoint is set. */
  private static void prepareTraces() {
    String endpoint = environment("BELAY_TRACES_ENDPOINT", "");
    if (!endpoint.isEmpty()) {
      System.setProperty("quarkus.otel.sdk.disabled", "false");
      System.setProperty("quarkus.otel.exporter.otlp.endpoint", endpoint);
    }
  }

  private static String environment(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null || value.isEmpty() ? otherwise : value;
  }
}
