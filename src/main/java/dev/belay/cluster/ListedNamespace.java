package dev.belay.cluster;

import dev.belay.api.Names;
import dev.belay.manifest.KubeObject;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * A namespace of Belay's list: whether it is there, and open to Belay. Both may change at any time;
 * what is known of it is at most {@link #FRESH} old. A change is told in the log, once.
 */
final class ListedNamespace {

  private static final Logger LOG = Logger.getLogger(ListedNamespace.class);
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final ApiServer api;
  private final String name;
  private State state = State.UNKNOWN;
  private long lookedNanos;

  private enum State {
    UNKNOWN,
    OPEN,
    MISSING,
    WITHOUT_RIGHTS
  }

  ListedNamespace(ApiServer api, String name) {
    this.api = api;
    this.name = name;
  }

  /**
   * Whether there is something to read in it that Belay may read.
   *
   * @throws ClusterException when the API server can't be asked
   */
  synchronized boolean isOpen() {
    if (state == State.UNKNOWN || System.nanoTime() - lookedNanos > FRESH.toNanos()) {
      look();
    }
    return state == State.OPEN;
  }

  /**
   * The namespace as it is now; empty while it is not open: not there, on its way out, or without
   * rights for Belay.
   *
   * @throws ClusterException when the API server can't be asked
   */
  synchronized Optional<KubeObject> look() {
    ApiResponse namespace = api.get("/api/v1/namespaces/" + name);
    State now = state(namespace);
    lookedNanos = System.nanoTime();
    if (now != state) {
      tell(now);
      state = now;
    }
    return now == State.OPEN ? Optional.of(namespace.object()) : Optional.empty();
  }

  private State state(ApiResponse namespace) {
    if (namespace.isGone(name)) {
      return State.MISSING;
    }
    if (isForbidden(namespace)) {
      return State.WITHOUT_RIGHTS;
    }
    KubeObject read =
        namespace.orThrow("reading namespace " + name).whole("Namespace", name).object();
    if (!read.text("", "metadata", "deletionTimestamp").isEmpty()) {
      return State.MISSING;
    }
    // Its rights are bound in the namespace itself: made after it, and gone before it.
    String releases = new Reach.Area(name).path(Names.API_VERSION, "releases?limit=1");
    return isForbidden(api.listMetadata(releases)) ? State.WITHOUT_RIGHTS : State.OPEN;
  }

  private static boolean isForbidden(ApiResponse response) {
    return response.code() == 403;
  }

  private void tell(State now) {
    switch (now) {
      case OPEN -> LOG.infof("namespace %s is in reach", name);
      case MISSING ->
          LOG.infof(
              "namespace %s of BELAY_NAMESPACES is not there; Belay works in it when it is", name);
      case WITHOUT_RIGHTS ->
          LOG.warnf(
              "Belay has no rights in namespace %s of BELAY_NAMESPACES, so nothing is checked against it, watched or restored there; `helm upgrade` of Belay with the namespace in rbac.namespaces binds them",
              name);
      case UNKNOWN -> throw new IllegalStateException("nothing is unknown once it was looked at");
    }
  }
}
