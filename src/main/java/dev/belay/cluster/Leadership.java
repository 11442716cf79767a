package dev.belay.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * One watcher leads, by a Lease in Belay's namespace. Whoever loses the Lease ends its process: no
 * write of an old leader may follow those of a new one, and every write is fenced with the
 * resourceVersion it is based on.
 */
@ApplicationScoped
public class Leadership {

  private static final Logger LOG = Logger.getLogger(Leadership.class);

  /** Name of the Lease. */
  public static final String LEASE = "belay-watcher";

  private final KubernetesClient client;
  private final String namespace;
  private final Duration leaseDuration;
  private final String identity = "belay-" + UUID.randomUUID();
  private volatile boolean leading;

  /** When the Lease was renewed last, or taken; long ago when it never was. */
  private volatile long renewedNanos;

  public Leadership(
      KubernetesClient client,
      @ConfigProperty(name = "belay.namespace") String namespace,
      @ConfigProperty(name = "belay.lease-duration") Duration leaseDuration) {
    this.client = client;
    this.namespace = namespace;
    this.leaseDuration = leaseDuration;
    this.renewedNanos = System.nanoTime() - leaseDuration.toNanos();
  }

  public boolean leading() {
    return leading;
  }

  /**
   * Whether the Lease is certain to be held at this moment, by this machine's own clock. A process
   * that was stopped for a while, with its machine or by its memory, must not go on with what it
   * was about to write: another one may have finished it, and a client may have gone on since.
   */
  public boolean holds() {
    return System.nanoTime() - renewedNanos < leaseDuration.toNanos();
  }

  /**
   * Goes on only while that is so.
   *
   * @throws ClusterException when it is not
   */
  public void requireHeld() {
    if (!holds()) {
      throw new ClusterException("the Lease was not renewed in time; another watcher goes on", 0);
    }
  }

  /**
   * Takes part in the election until the process ends.
   *
   * @param started is run once, when this process leads; must not block
   * @param lost is run when it leads no more
   */
  public CompletableFuture<?> takePart(Runnable started, Runnable lost) {
    LeaderCallbacks callbacks =
        new LeaderCallbacks(
            () -> {
              LOG.infof("leading as %s", identity);
              started.run();
              leading = true;
            },
            () -> {
              boolean led = leading;
              leading = false;
              if (led) {
                lost.run();
              }
            },
            leader -> LOG.infof("the leader is %s", leader));
    return client
        .leaderElector()
        .withConfig(
            new LeaderElectionConfigBuilder()
                .withName(LEASE)
                .withLock(new Noting(identity))
                .withLeaseDuration(leaseDuration)
                .withRenewDeadline(leaseDuration.multipliedBy(2).dividedBy(3))
                .withRetryPeriod(leaseDuration.dividedBy(7))
                .withReleaseOnCancel(true)
                .withLeaderCallbacks(callbacks)
                .build())
        .build()
        .start();
  }

  /** The Lease; notes when it was renewed, by the time at which that was begun. */
  private final class Noting extends LeaseLock {

    Noting(String identity) {
      super(namespace, LEASE, identity);
    }

    @Override
    public synchronized void create(KubernetesClient by, LeaderElectionRecord record) {
      long begun = System.nanoTime();
      super.create(by, record);
      renewedNanos = begun;
    }

    @Override
    public synchronized void update(KubernetesClient by, LeaderElectionRecord record) {
      long begun = System.nanoTime();
      super.update(by, record);
      renewedNanos = begun;
    }
  }
}
