package dev.belay.cli;

import dev.belay.api.Mode;
import dev.belay.api.Names;
import dev.belay.api.Release;
import dev.belay.api.Told;
import dev.belay.cli.Once.Undone;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Leadership;
import dev.belay.cluster.Namespaces;
import dev.belay.cluster.Objects;
import dev.belay.cluster.Releases;
import dev.belay.cluster.ServerClock;
import dev.belay.cluster.StalledConditions;
import dev.belay.cluster.WebhookRegistration;
import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Ends Belay's work in the cluster, before it is uninstalled: nothing is asked of a gate that will
 * not be there, no release is left half restored, and no workload keeps a condition of Belay's that
 * nobody would take away. Releases and stored revisions stay. Said again, it goes on.
 */
@ApplicationScoped
class Cleanup {

  static final String NAME = "cleanup";

  private static final String DEPLOYMENT = "belay";
  private static final Duration ROLLBACKS = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int ATTEMPTS = 10;

  private final Objects objects;
  private final Releases releases;
  private final Namespaces namespaces;
  private final StalledConditions stalled;
  private final Leadership leadership;
  private final String namespace;
  private final Duration lease;
  private final ServerClock clock;

  Cleanup(
      Objects objects,
      Releases releases,
      Namespaces namespaces,
      StalledConditions stalled,
      Leadership leadership,
      @ConfigProperty(name = "belay.namespace") String namespace,
      @ConfigProperty(name = "belay.lease-duration") Duration lease,
      ServerClock clock) {
    this.objects = objects;
    this.releases = releases;
    this.namespaces = namespaces;
    this.stalled = stalled;
    this.leadership = leadership;
    this.namespace = namespace;
    this.lease = lease;
    this.clock = clock;
  }

  void run() throws InterruptedException {
    for (String kind : WebhookRegistration.KINDS) {
      delete(kind);
    }
    awaitRollbacks();
    stopDeployment();
    Future<?> election = lead();
    try {
      for (Release release : known()) {
        withdraw(release);
      }
    } finally {
      election.cancel(true);
    }
    System.out.println("Releases and stored revisions are kept.");
  }

  /**
   * What Belay still knows. Without their definition there are no Releases, and an uninstall must
   * not depend on what somebody has deleted before.
   */
  private List<Release> known() {
    if (!releases.areServed()) {
      System.out.println(
          "There are no Releases any more, so where Belay has set Stalled is not known;"
              + " docs/install.md, Uninstalling, says how to look for it.");
      return List.of();
    }
    return releases.everywhere();
  }

  private void delete(String kind) {
    Optional<KubeObject> live =
        objects.get(WebhookRegistration.GROUP_VERSION, kind, "", Names.WEBHOOK_CONFIGURATION);
    if (live.isPresent()) {
      ApiResponse response = objects.delete(live.get());
      if (!response.isGone(Names.WEBHOOK_CONFIGURATION)) {
        response.orThrow("deleting " + kind + "/" + Names.WEBHOOK_CONFIGURATION);
      }
      System.out.println(kind + "/" + Names.WEBHOOK_CONFIGURATION + " is deleted.");
    }
  }

  /**
   * A rollback that has begun is finished by who has begun it; in a namespace without the label by
   * nobody, so it is not waited for.
   */
  private void awaitRollbacks() throws InterruptedException {
    long end = System.nanoTime() + ROLLBACKS.toNanos();
    List<Release> running = running();
    while (!running.isEmpty()) {
      if (System.nanoTime() > end) {
        throw new Undone(
            "being rolled back: %s. Run it again when they are done, see `kubectl get releases -A`; or leave them half restored, by `helm uninstall --no-hooks`"
                .formatted(
                    running.stream()
                        .map(release -> release.namespace() + "/" + release.name())
                        .collect(Collectors.joining(", "))));
      }
      Thread.sleep(POLL);
      running = running();
    }
  }

  private List<Release> running() {
    return known().stream()
        .filter(release -> release.status().runningRollback() != null)
        .filter(release -> namespaces.mode(release.namespace()) != Mode.NONE)
        .toList();
  }

  private void stopDeployment() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<KubeObject> live = objects.get("apps/v1", "Deployment", namespace, DEPLOYMENT);
      if (live.isEmpty()) {
        return;
      }
      KubeObject stopped = live.get().copy();
      stopped.json().withObjectProperty("spec").put("replicas", 0);
      if (stopped.equals(live.get())) {
        return;
      }
      ApiResponse response = objects.replace(stopped);
      if (!response.conflict()) {
        response.orThrow("stopping Deployment/" + DEPLOYMENT + " in " + namespace);
        System.out.println("Deployment/" + DEPLOYMENT + " is at 0 replicas.");
        return;
      }
    }
    throw new Undone(
        "Deployment/%s in %s changes all the time; set its replicas to 0 yourself"
            .formatted(DEPLOYMENT, namespace));
  }

  /** Once this one leads, no watcher writes any more. */
  private Future<?> lead() throws InterruptedException {
    CountDownLatch leading = new CountDownLatch(1);
    Future<?> election = leadership.takePart(leading::countDown, () -> {});
    Duration atMost = lease.multipliedBy(3);
    if (!leading.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      election.cancel(true);
      throw new Undone(
          "a watcher still holds Lease/%s in %s after %d s: end it, and run this again"
              .formatted(Leadership.LEASE, namespace, atMost.toSeconds()));
    }
    return election;
  }

  private void withdraw(Release release) {
    Told told = release.status().told();
    if (told == null || told.withdrawnAt() != null) {
      return;
    }
    for (Told.Workload workload : told.workloads()) {
      if (stalled.remove(workload)) {
        System.out.printf(
            "Stalled is taken from %s in %s.%n", workload.display(), workload.namespace());
      }
    }
    try {
      releases.update(release, release.status().withTold(told.withdrawn(clock.now())));
    } catch (ClusterException e) {
      // The conditions are gone, which is what matters; a later watcher finds that out by itself.
      if (!e.conflict()) {
        throw e;
      }
    }
  }
}
