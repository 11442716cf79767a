package dev.belay.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RotationTest {

  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration VALIDITY = Duration.ofDays(90);
  private static final List<String> NAMES = List.of("belay.belay-system.svc", "127.0.0.1", "::1");

  private final Rotation rotation = new Rotation(NAMES, VALIDITY);

  private StoredCertificates first() {
    return rotation.next(StoredCertificates.NONE, START);
  }

  @Test
  void the_first_one_is_valid_at_once_and_left_alone_for_two_thirds_of_its_time() {
    StoredCertificates first = first();
    assertTrusted(first, first, START);
    for (int day = 0; day < 60; day++) {
      Instant at = START.plus(Duration.ofDays(day));
      assertThat(rotation.next(first, at)).as("day %d", day).isEqualTo(first);
    }
  }

  @Test
  void the_next_one_is_trusted_for_the_overlap_before_it_is_served() {
    StoredCertificates first = first();
    Instant due = START.plus(Duration.ofDays(61));
    StoredCertificates staged = rotation.next(first, due);
    assertThat(staged.certificate()).isEqualTo(first.certificate());
    assertThat(staged.nextCertificate()).isNotEmpty();
    assertThat(Leaf.certificates(staged.authorities())).hasSize(2);
    assertThat(rotation.next(staged, due.plus(rotation.overlap()).minusSeconds(1)))
        .isEqualTo(staged);

    Instant later = due.plus(rotation.overlap());
    StoredCertificates served = rotation.next(staged, later);
    assertThat(served.certificate()).isEqualTo(staged.nextCertificate());
    assertThat(served.key()).isEqualTo(staged.nextKey());
    assertThat(Leaf.certificates(served.authorities())).as("replicas may lag").hasSize(2);
    assertThat(rotation.next(served, later)).isEqualTo(served);

    StoredCertificates alone = rotation.next(served, due.plus(rotation.overlap().multipliedBy(2)));
    assertThat(Leaf.certificates(alone.authorities())).hasSize(1);
    assertTrusted(alone, alone, later);
  }

  /** Each replica reads at another time; none may serve what the API server does not trust yet. */
  @Test
  void for_years_whatever_is_served_is_trusted_by_who_read_one_overlap_ago_or_later() {
    List<StoredCertificates> states = new ArrayList<>();
    List<Instant> from = new ArrayList<>();
    StoredCertificates state = first();
    Set<String> leaves = new HashSet<>();
    Instant end = START.plus(Duration.ofDays(800));
    for (Instant at = START; at.isBefore(end); at = at.plus(step(from, at))) {
      StoredCertificates next = rotation.next(state, at);
      if (!next.equals(state) || states.isEmpty()) {
        states.add(next);
        from.add(at);
        state = next;
      }
      leaves.add(state.certificate());
      int before = states.size() - 2;
      if (before >= 0 && at.isBefore(from.getLast().plus(rotation.overlap()))) {
        assertTrusted(states.get(before), state, at);
        assertTrusted(state, states.get(before), at);
      }
      assertTrusted(state, state, at);
    }
    assertThat(leaves).as("one every 60 days").hasSizeBetween(12, 15);
  }

  /** A quarter of an hour while something changes, and a quarter of a day while nothing does. */
  private Duration step(List<Instant> changes, Instant at) {
    Instant quiet = changes.getLast().plus(rotation.overlap().multipliedBy(3));
    return at.isBefore(quiet) ? Duration.ofMinutes(15) : Duration.ofHours(6);
  }

  @Test
  void what_can_not_be_served_is_replaced_at_once() {
    StoredCertificates good = first();
    StoredCertificates other = rotation.next(StoredCertificates.NONE, START);
    List<StoredCertificates> broken =
        List.of(
            StoredCertificates.NONE,
            new StoredCertificates("no", "certificate", "at all", "", ""),
            new StoredCertificates(good.authorities(), good.certificate(), "", "", ""),
            new StoredCertificates(good.authorities(), good.certificate(), other.key(), "", ""),
            new StoredCertificates(other.authorities(), good.certificate(), good.key(), "", ""),
            new StoredCertificates("", good.certificate(), good.key(), "", ""),
            new Rotation(List.of("somebody.else"), VALIDITY).next(StoredCertificates.NONE, START),
            new Rotation(NAMES, Duration.ofDays(1))
                .next(StoredCertificates.NONE, START.minus(Duration.ofDays(2))));
    for (StoredCertificates each : broken) {
      StoredCertificates healed = rotation.next(each, START);
      assertThat(healed.certificate()).as("%s", each).isNotEqualTo(each.certificate());
      assertTrusted(healed, healed, START);
      assertThat(rotation.next(healed, START)).as("healed once").isEqualTo(healed);
    }
  }

  @Test
  void a_next_one_that_is_ready_takes_over_when_the_current_one_is_broken() {
    Instant due = START.plus(Duration.ofDays(61));
    StoredCertificates staged = rotation.next(first(), due);
    StoredCertificates broken =
        new StoredCertificates(
            staged.authorities(), "", "", staged.nextCertificate(), staged.nextKey());
    StoredCertificates healed = rotation.next(broken, due);
    assertThat(healed.certificate()).isEqualTo(staged.nextCertificate());
    assertTrusted(healed, healed, due);
  }

  @Test
  void what_somebody_else_provides_is_only_judged() {
    StoredCertificates good = first();
    assertThat(rotation.wrong(good, START)).isEmpty();
    assertThat(rotation.wrong(StoredCertificates.NONE, START)).get().asString().contains("tls.crt");
    assertThat(rotation.wrong(good, START.plus(Duration.ofDays(91))))
        .get()
        .asString()
        .contains("2026-05-30T12:00:00Z");
    assertThat(
            rotation.wrong(
                new StoredCertificates(good.authorities(), good.certificate(), "none", "", ""),
                START))
        .get()
        .asString()
        .contains("tls.key");
  }

  @Test
  void a_key_is_in_no_message() {
    assertThat(first().toString()).doesNotContain("PRIVATE");
  }

  /** As the API server does that trusts the authorities of one state and is served another. */
  private static void assertTrusted(
      StoredCertificates trusted, StoredCertificates served, Instant at) {
    try {
      Set<TrustAnchor> anchors = new HashSet<>();
      for (X509Certificate authority : Leaf.certificates(trusted.authorities())) {
        anchors.add(new TrustAnchor(authority, null));
      }
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(at));
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509")
                  .generateCertPath(Leaf.certificates(served.certificate())),
              parameters);
    } catch (Exception e) {
      throw new AssertionError("not trusted at " + at, e);
    }
  }
}
