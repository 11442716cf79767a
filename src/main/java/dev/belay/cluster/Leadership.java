package dev.belay.cluster;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One watcher leads, by a Lease in Belay's namespace. Whoever loses the Lease ends its process: no
 * write of an old leader may follow those of a new one, and every write is fenced with the
 * resourceVersion it is based on.
 *
 * <p>No clock of a machine decides who leads. A Lease is over when it was seen unchanged for as
 * long as it lasts, by this machine's steady timer, or when the API server last stored it twice as
 * long ago, by the API server's own time. Whoever leads counts from when it began to renew it.
 */
@ApplicationScoped
public class Leadership {

  private static final Logger LOG = Logger.getLogger(Leadership.class);

  /** Name of the Lease. */
  public static final String LEASE = "belay-watcher";

  /** So often it is renewed while it lasts: one time that fails is not the last one. */
  private static final int LOOKS = 7;

  private final ApiServer api;
  private final ServerClock clock;
  private final String namespace;
  private final Duration leaseDuration;
  private final String identity = "belay-" + UUID.randomUUID();
  private volatile boolean leading;

  /** When the Lease was renewed last, or taken; long ago when it never was. */
  private volatile long renewedNanos;

  /** The Lease as it was last seen, and since when it is so. */
  private String seenVersion = "";

  private long seenNanos;
  private String seenHolder = "";

  public Leadership(
      ApiServer api,
      ServerClock clock,
      @ConfigProperty(name = "belay.namespace") String namespace,
      @ConfigProperty(name = "belay.lease-duration") Duration leaseDuration) {
    this.api = api;
    this.clock = clock;
    this.namespace = namespace;
    this.leaseDuration = leaseDuration;
    this.renewedNanos = System.nanoTime() - leaseDuration.toNanos();
  }

  public boolean leading() {
    return leading;
  }

  /**
   * Whether the Lease is certain to be held at this moment, by this machine's own steady timer. A
   * process that was stopped for a while, with its machine or by its memory, must not go on with
   * what it was about to write: another one may have finished it, and a client may have gone on
   * since.
   */
  public boolean holds() {
    return sinceRenewed().compareTo(leaseDuration) < 0;
  }

  private Duration sinceRenewed() {
    return Duration.ofNanos(System.nanoTime() - renewedNanos);
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
   * Takes part in the election until the process ends, or what is answered is cancelled: then the
   * Lease is given back.
   *
   * @param started is run once, when this process leads; must not block
   * @param lost is run when it leads no more
   */
  public Future<?> takePart(Runnable started, Runnable lost) {
    Election election = new Election(started, lost);
    election.thread = Thread.ofPlatform().daemon().name("lease").start(election::run);
    return election;
  }

  /** One candidacy. */
  private final class Election extends CompletableFuture<Void> {

    private final Runnable started;
    private final Runnable lost;
    private volatile Thread thread = Thread.currentThread();

    /** As it was last stored by this one; null where that is not known. */
    private @Nullable LeaseState held;

    Election(Runnable started, Runnable lost) {
      this.started = started;
      this.lost = lost;
    }

    private void run() {
      while (!isDone()) {
        try {
          look();
        } catch (ClusterException e) {
          LOG.warnf("Lease %s/%s: %s", namespace, LEASE, e.getMessage());
        } catch (RuntimeException e) {
          // Whoever can't read it leads no longer than it lasts.
          LOG.errorf(e, "Lease %s/%s", namespace, LEASE);
        }
        if (leading && !isRenewedInTime()) {
          end();
          return;
        }
        try {
          Thread.sleep(pause());
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    /** Some time before it is over: what is under way ends, before another one begins. */
    private boolean isRenewedInTime() {
      return sinceRenewed().compareTo(leaseDuration.minus(pause())) < 0;
    }

    private void end() {
      leading = false;
      complete(null);
      lost.run();
    }

    /** Renews the Lease where it is this one's, and takes it where it is nobody's. */
    private void look() {
      LeaseState lease = held == null ? read() : held;
      held = null; // Where this fails it is read again: it may have been stored all the same.
      boolean own = lease.holder().equals(identity);
      if (leading && !own) {
        LOG.errorf("the Lease is held by %s", lease.holder());
        end();
        return;
      }
      if (!own && !lease.holder().isEmpty() && !isOver(lease)) {
        return;
      }
      long begun = System.nanoTime();
      ApiResponse written = store(lease.heldBy(identity, leaseDuration, clock.now()));
      if (written.conflict()) {
        return; // Somebody else was first.
      }
      held = new LeaseState(written.orThrow("renewing it").object());
      renewedNanos = begun;
      if (!leading && !isDone()) {
        LOG.infof("leading as %s", identity);
        started.run();
        leading = true;
      }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      thread.interrupt();
      try {
        thread.join(ApiServer.REQUEST_TIMEOUT);
        if (cancelled && leading) {
          leading = false;
          giveBack();
          lost.run();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ClusterException e) {
        LOG.warnf("the Lease could not be given back: %s", e.getMessage());
      }
      return cancelled;
    }
  }

  private LeaseState read() {
    ApiResponse answer = api.get(leases() + "/" + LEASE, requestTimeout());
    LeaseState lease =
        answer.isGone(LEASE)
            ? LeaseState.none(namespace, LEASE)
            : new LeaseState(answer.orThrow("reading it").whole(LeaseState.KIND, LEASE).object());
    if (!lease.version().equals(seenVersion)) {
      seenVersion = lease.version();
      seenNanos = System.nanoTime();
    }
    if (!lease.holder().equals(seenHolder)) {
      seenHolder = lease.holder();
      LOG.infof("the leader is %s", seenHolder.isEmpty() ? "nobody" : seenHolder);
    }
    return lease;
  }

  private boolean isOver(LeaseState lease) {
    long unchanged = System.nanoTime() - seenNanos;
    return unchanged > lease.duration(leaseDuration).toNanos()
        || (clock.isKnown() && lease.isOver(leaseDuration, clock.now()));
  }

  private String leases() {
    return "/apis/" + LeaseState.API_VERSION + "/namespaces/" + namespace + "/leases";
  }

  private Duration pause() {
    return leaseDuration.dividedBy(LOOKS);
  }

  /** Whoever waits longer than this for an answer has no time to ask again. */
  private Duration requestTimeout() {
    return pause().multipliedBy(3);
  }

  private ApiResponse store(LeaseState lease) {
    boolean anew = lease.lease().resourceVersion().isEmpty();
    return api.send(
            anew ? "POST" : "PUT",
            anew ? leases() : leases() + "/" + LEASE,
            lease.lease().json(),
            ApiServer.JSON,
            requestTimeout())
        .whole(LeaseState.KIND, LEASE);
  }

  private void giveBack() {
    LeaseState lease = read();
    if (lease.holder().equals(identity)) {
      ApiResponse written = store(lease.givenBack(clock.now()));
      if (!written.conflict()) {
        written.orThrow("giving it back");
      }
    }
  }
}
