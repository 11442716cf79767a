package dev.belay.cli;

import dev.belay.admission.GatePath;
import dev.belay.admission.WarmUp;
import dev.belay.cluster.ApiServer;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.GateKey;
import dev.belay.cluster.GateSecret;
import dev.belay.cluster.Leadership;
import dev.belay.cluster.LockHints;
import dev.belay.cluster.Reach;
import dev.belay.cluster.ServerClock;
import dev.belay.cluster.WebhookRegistration;
import dev.belay.cluster.WebhookRegistration.Address;
import dev.belay.health.GateState;
import dev.belay.watcher.Watcher;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Future;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Puts the role of this process to work, and ends it. */
@ApplicationScoped
public class Work {

  private static final Logger LOG = Logger.getLogger(Work.class);
  private static final Duration REGISTRATION = Duration.ofSeconds(5);
  private static final Duration LISTENING = Duration.ofMillis(50);
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  private final ApiServer api;
  private final Reach reach;
  private final WebhookRegistration registration;
  private final Leadership leadership;
  private final Watcher watcher;
  private final GateState gate;
  private final GateSecret secret;
  private final GatePath path;
  private final WarmUp warmUp;
  private final LockHints lockHints;
  private final Optional<Role> role;
  private final boolean servesTls;
  private final ServedCertificate certificate;
  private final Optional<String> gateHost;
  private final boolean logJson;
  private final String namespace;
  private final String service;
  private final int port;
  private final ServerClock clock;
  private @Nullable Future<?> election;
  private @Nullable Thread registering;
  private @Nullable Thread heartbeat;
  private volatile boolean ending;

  Work(
      ApiServer api,
      Reach reach,
      WebhookRegistration registration,
      Leadership leadership,
      Watcher watcher,
      GateState gate,
      GateSecret secret,
      GatePath path,
      WarmUp warmUp,
      LockHints lockHints,
      @ConfigProperty(name = "belay.role") Optional<Role> role,
      @ConfigProperty(name = "belay.tls.names") Optional<String> tls,
      ServedCertificate certificate,
      @ConfigProperty(name = "belay.gate.host") Optional<String> gateHost,
      @ConfigProperty(name = "belay.log-json") boolean logJson,
      @ConfigProperty(name = "belay.namespace") String namespace,
      @ConfigProperty(name = "belay.gate.service") String service,
      @ConfigProperty(name = "quarkus.http.ssl-port") int port,
      ServerClock clock) {
    this.api = api;
    this.reach = reach;
    this.registration = registration;
    this.leadership = leadership;
    this.watcher = watcher;
    this.gate = gate;
    this.secret = secret;
    this.path = path;
    this.warmUp = warmUp;
    this.lockHints = lockHints;
    this.role = role;
    this.servesTls = tls.isPresent();
    this.certificate = certificate;
    this.gateHost = gateHost;
    this.logJson = logJson;
    this.namespace = namespace;
    this.service = service;
    this.port = port;
    this.clock = clock;
  }

  void start(@Observes StartupEvent event) {
    if (logJson) {
      JsonLines.install();
    }
    if (role.isEmpty()) {
      return;
    }
    LOG.infof("working in %s", reach.display());
    heartbeat = Thread.ofVirtual().name("heartbeat").start(this::keepAsking);
    if (role.get().gate() && servesTls) {
      lockHints.start();
      registering = Thread.ofVirtual().name("registration").start(this::keepRegistered);
    }
    if (role.get().watcher()) {
      election = leadership.takePart(watcher::start, this::leadershipLost);
    }
  }

  void stop(@Observes ShutdownEvent event) {
    ending = true;
    if (heartbeat != null) {
      heartbeat.interrupt();
    }
    if (registering != null) {
      registering.interrupt();
    }
    lockHints.stop();
    watcher.stop();
    if (election != null) {
      election.cancel(true);
    }
  }

  private Address address(String authorities, GateKey key, long hour) {
    String caBundle =
        Base64.getEncoder().encodeToString(authorities.getBytes(StandardCharsets.US_ASCII));
    String url = gateHost.map(host -> "https://" + host + ":" + port).orElse("");
    return new Address(url, namespace, service, caBundle, key, hour);
  }

  /**
   * A watcher that only stands by asks nothing else, and its readiness is judged by the answers.
   */
  private void keepAsking() {
    boolean told = false;
    while (!Thread.currentThread().isInterrupted()) {
      try {
        String unused = api.text("/readyz");
      } catch (ClusterException e) {
        LOG.warnf("the API server does not answer: %s", e.getMessage());
      }
      Optional<String> skew = clock.warning();
      if (skew.isPresent() && !told) {
        LOG.warn(skew.get());
      }
      told = skew.isPresent();
      try {
        Thread.sleep(HEARTBEAT);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /**
   * Points the webhooks at this gate, and again should they point elsewhere, or at the path of an
   * hour that is over. Not before it listens: the management port answers earlier, and a gate that
   * is ready has to be there.
   */
  private void keepRegistered() {
    boolean warm = false;
    while (!Thread.currentThread().isInterrupted()) {
      try {
        if (!listening()) {
          Thread.sleep(LISTENING);
          continue;
        }
        String authorities = certificate.refresh();
        GateKey key = secret.read();
        path.open(key);
        if (!warm) {
          warmUp.run(port, authorities, key.path(GateKey.hour(clock.now())));
          warm = true;
        }
        long hour = GateKey.hour(clock.now());
        if (registration.point(address(authorities, key, hour))) {
          gate.registered(clock.now());
        } else {
          LOG.warn("the webhook configurations are not installed; apply Belay's manifests");
        }
      } catch (InterruptedException e) {
        return;
      } catch (ClusterException e) {
        LOG.warnf("the webhooks could not be pointed at this gate: %s", e.getMessage());
      }
      try {
        Thread.sleep(REGISTRATION);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private boolean listening() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Another process leads now: what this one still has under way must not go on. */
  private void leadershipLost() {
    if (ending) {
      return; // It has given the lease back.
    }
    LOG.error("lost the lease: another watcher may lead, so this process ends");
    watcher.stop();
    Quarkus.asyncExit(1);
  }
}
