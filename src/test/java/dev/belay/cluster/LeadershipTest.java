package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who leads, whatever the clocks of the machines say. */
@Timeout(30)
class LeadershipTest {

  private static final Duration LASTS = Duration.ofMillis(1_400);
  private static final Instant SERVER = Instant.parse("2026-01-01T12:00:00Z");

  private final Leases leases = new Leases();
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch lost = new CountDownLatch(1);
  private Future<?> election;

  @AfterEach
  void end() {
    if (election != null) {
      election.cancel(true);
    }
  }

  @Test
  void who_finds_no_lease_leads_and_gives_it_back() throws InterruptedException {
    Leadership leadership = candidate();
    awaitStarted();
    Awaitility.await().until(leadership::leading);
    assertThat(leadership.holds()).isTrue();
    assertThat(leases.holder()).startsWith("belay-");
    assertThat(leases.stored().text("", "spec", "renewTime")).startsWith("2026-01-01T12:00:0");

    election.cancel(true);
    assertThat(leases.holder()).isEmpty();
    assertThat(leadership.leading()).isFalse();
    assertThat(lost.await(5, TimeUnit.SECONDS)).isTrue();
  }

  /** As whoever had a clock that was ahead has left it when it was killed. */
  @Test
  void a_lease_that_was_renewed_in_the_future_is_over_when_the_api_server_says_so() {
    leases.held("other", SERVER.plusSeconds(600), SERVER.minusSeconds(30), 15);
    candidate();
    awaitStarted();
    assertThat(leases.stored().number(0, "spec", "leaseTransitions")).isEqualTo(1);
  }

  /** One API server has stored it, and another one, whose clock is ahead, says what time it is. */
  @Test
  void clocks_of_api_servers_that_differ_make_no_two_leaders() {
    LeaseState none = LeaseState.none("belay-system", Leadership.LEASE);
    KubeObject stored = none.heldBy("other", Duration.ofSeconds(15), SERVER).lease();
    ObjectNode metadata = stored.json().withObjectProperty("metadata");
    metadata.putArray("managedFields").addObject().put("time", SERVER.toString());
    LeaseState lease = new LeaseState(stored);
    assertThat(lease.isOver(LASTS, SERVER.plusSeconds(29))).isFalse();
    assertThat(lease.isOver(LASTS, SERVER.plusSeconds(30))).isTrue();
  }

  /** Its clock is behind, and it renews the Lease all the time. */
  @Test
  void one_that_is_renewed_is_held_whatever_its_holder_takes_for_the_time()
      throws InterruptedException {
    leases.held("other", SERVER.minusSeconds(600), SERVER, 15);
    candidate();
    for (int i = 0; i < 10; i++) {
      assertThat(started.await(200, TimeUnit.MILLISECONDS)).isFalse();
      leases.held("other", SERVER.minusSeconds(600), SERVER, 15);
    }
    assertThat(leases.holder()).isEqualTo("other");
  }

  @Test
  void one_that_nobody_has_written_for_as_long_as_it_lasts_is_over() throws InterruptedException {
    leases.held("other", SERVER, SERVER, 2);
    candidate();
    assertThat(started.await(1_500, TimeUnit.MILLISECONDS)).isFalse();
    awaitStarted();
  }

  @Test
  void a_lost_answer_costs_no_leadership_and_a_conflict_does() {
    Leadership leadership = candidate();
    awaitStarted();
    leases.loseAnswers = true;
    Awaitility.await()
        .during(Duration.ofMillis(600))
        .until(() -> leadership.leading() && lost.getCount() == 1);
    leases.loseAnswers = false;
    Awaitility.await().until(leadership::holds);
    leases.held("other", SERVER, SERVER, 15);
    Awaitility.await().until(() -> !leadership.leading() && lost.getCount() == 0);
    assertThat(leases.holder()).isEqualTo("other");
  }

  @Test
  void who_can_not_renew_it_leads_no_more_before_it_is_over() {
    Leadership leadership = candidate();
    awaitStarted();
    leases.silent = true;
    Awaitility.await().until(() -> lost.getCount() == 0);
    assertThat(leadership.leading()).isFalse();
  }

  @Test
  void an_answer_that_is_no_lease_makes_nobody_the_leader() throws InterruptedException {
    leases.held("other", SERVER, SERVER.minusSeconds(30), 15);
    leases.nonsense = true;
    candidate();
    assertThat(started.await(1, TimeUnit.SECONDS)).isFalse();
    assertThat(leases.holder()).isEqualTo("other");
  }

  private Leadership candidate() {
    ServerClock clock = new ServerClock();
    clock.heard(SERVER);
    Leadership leadership = new Leadership(leases, clock, "belay-system", LASTS);
    election = leadership.takePart(started::countDown, lost::countDown);
    return leadership;
  }

  private void awaitStarted() {
    Awaitility.await().until(() -> started.getCount() == 0);
  }

  /** One Lease with a resourceVersion. */
  private static final class Leases extends FakeApiServer {

    private final AtomicReference<ObjectNode> lease = new AtomicReference<>();
    private int version;
    private volatile boolean loseAnswers;
    private volatile boolean silent;
    private volatile boolean nonsense;

    KubeObject stored() {
      return KubeObject.of(lease.get());
    }

    String holder() {
      return stored().text("", "spec", "holderIdentity");
    }

    synchronized void held(String holder, Instant renewed, Instant written, int seconds) {
      LeaseState none = LeaseState.none("belay-system", Leadership.LEASE);
      KubeObject held = none.heldBy(holder, Duration.ofSeconds(seconds), renewed).lease();
      store(held.json(), written);
    }

    private void store(JsonNode json, Instant written) {
      ObjectNode copy = json.deepCopy();
      ObjectNode metadata = copy.withObjectProperty("metadata");
      metadata.put("uid", "u").put("resourceVersion", Integer.toString(++version));
      metadata.putArray("managedFields").addObject().put("time", written.toString());
      lease.set(copy);
    }

    @Override
    synchronized ApiResponse answer(String path) {
      answered();
      if (nonsense) {
        return new ApiResponse(200, stored().json().objectNode(), java.util.List.of());
      }
      return lease.get() == null
          ? Refusing.notFound(Leadership.LEASE)
          : new ApiResponse(200, lease.get(), java.util.List.of());
    }

    @Override
    synchronized ApiResponse send(
        String method, String path, JsonNode body, String contentType, Duration timeout) {
      answered();
      String based = body.path("metadata").path("resourceVersion").asText("");
      if (lease.get() != null && !based.equals(stored().resourceVersion())) {
        return Refusing.of(409, "conflict");
      }
      store(body, SERVER);
      if (loseAnswers) {
        throw new ClusterException("lost", 0);
      }
      return new ApiResponse(200, lease.get(), java.util.List.of());
    }

    private void answered() {
      if (silent) {
        throw new ClusterException("no answer", 0);
      }
    }
  }
}
