package dev.belay.certificate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the replicas of the gate should share: state and time in, state out, so that they agree
 * without talking to each other.
 *
 * <p>A certificate is replaced in three steps, and the API server trusts the one that is served all
 * the time: when a third of its time is left, the next one is made and its authority is trusted
 * beside the old one; after the overlap it is served; after another one the old authority is
 * dropped. What can't be served any more, for whatever reason, is replaced at once.
 *
 * @param names DNS names and IP addresses that the API server calls the gate by
 * @param validity of new certificates
 */
public record Rotation(Collection<String> names, Duration validity) {

  /** Until every API server and every replica has surely read what another has written. */
  private static final Duration MAX_OVERLAP = Duration.ofHours(1);

  /** Enough for any overlap; what else a Secret holds is not trusted for ever. */
  private static final int MAX_AUTHORITIES = 4;

  Duration overlap() {
    Duration part = validity.dividedBy(6);
    return part.compareTo(MAX_OVERLAP) < 0 ? part : MAX_OVERLAP;
  }

  /**
   * The state that should follow this one now; equal to it when there is nothing to do.
   *
   * @param stored what is stored, however broken it is
   */
  public StoredCertificates next(StoredCertificates stored, Instant now) {
    List<String> authorities = split(stored.authorities());
    Optional<Leaf> current = leaf(stored.certificate(), stored.key(), stored, now);
    Optional<Leaf> coming = leaf(stored.nextCertificate(), stored.nextKey(), stored, now);
    if (coming.isPresent()
        && (current.isEmpty() || !now.isBefore(coming.get().made().plus(overlap())))) {
      return new StoredCertificates(
          stored.authorities(), stored.nextCertificate(), stored.nextKey(), "", "");
    }
    if (current.isEmpty()) {
      Identity made = Identity.make(names, now, validity);
      return new StoredCertificates(
          join(made.authority(), valid(authorities, now)), made.certificate(), made.key(), "", "");
    }
    if (coming.isPresent()) {
      return stored;
    }
    if (current.get().old(now)) {
      Identity made = Identity.make(names, now, validity);
      return new StoredCertificates(
          join(made.authority(), valid(authorities, now)),
          stored.certificate(),
          stored.key(),
          made.certificate(),
          made.key());
    }
    boolean settled = !now.isBefore(current.get().made().plus(overlap().multipliedBy(2)));
    if (settled && (authorities.size() > 1 || !stored.nextCertificate().isEmpty())) {
      String only =
          authorities.stream()
              .filter(pem -> Leaf.certificates(pem).contains(current.get().authority()))
              .findFirst()
              .orElse(stored.authorities());
      return new StoredCertificates(only, stored.certificate(), stored.key(), "", "");
    }
    return stored;
  }

  /**
   * Whether this can be served now. For certificates that somebody else makes.
   *
   * @return what is wrong; empty when nothing is
   */
  public Optional<String> wrong(StoredCertificates stored, Instant now) {
    if (stored.certificate().isEmpty() || stored.authorities().isEmpty()) {
      return Optional.of("it has no tls.crt or no ca.crt");
    }
    Optional<Leaf> leaf =
        Leaf.of(stored.certificate(), stored.key(), Leaf.certificates(stored.authorities()));
    if (leaf.isEmpty()) {
      return Optional.of("its tls.key is not that of its tls.crt, or its ca.crt did not sign that");
    }
    return leaf.get().serves(names, now)
        ? Optional.empty()
        : Optional.of(
            "its tls.crt is valid until %s, and must be for all of %s"
                .formatted(leaf.get().certificate().getNotAfter().toInstant(), names));
  }

  private Optional<Leaf> leaf(
      String certificate, String key, StoredCertificates stored, Instant now) {
    return Leaf.of(certificate, key, Leaf.certificates(stored.authorities()))
        .filter(leaf -> leaf.serves(names, now));
  }

  private static List<String> valid(List<String> authorities, Instant now) {
    return authorities.stream()
        .filter(pem -> Leaf.certificates(pem).stream().allMatch(read -> Leaf.validAt(read, now)))
        .toList();
  }

  /** Newest first, each once. */
  private static String join(String first, List<String> others) {
    Set<String> all = new LinkedHashSet<>(List.of(first));
    all.addAll(others);
    return String.join("", new ArrayList<>(all).subList(0, Math.min(all.size(), MAX_AUTHORITIES)));
  }

  /** The certificates of a bundle, each as its own text; none of what is no certificate. */
  private static List<String> split(String bundle) {
    List<String> all = new ArrayList<>();
    String end = "-----END CERTIFICATE-----";
    int from = 0;
    for (int at = bundle.indexOf(end); at >= 0; at = bundle.indexOf(end, from)) {
      String one = bundle.substring(from, at + end.length()).strip() + "\n";
      if (Leaf.certificates(one).size() == 1) {
        all.add(one);
      }
      from = at + end.length();
    }
    return all;
  }
}
