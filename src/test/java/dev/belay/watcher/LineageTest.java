package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.helm.HelmStatus;
import dev.belay.rollout.Observation;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineageTest {

  private static final ReleaseStatus VERIFIED =
      ReleaseStatus.NEW
          .withStable(new Stable(1, 1, Instant.parse("2026-01-01T00:00:21.298Z")))
          .withJudged(1);

  @ParameterizedTest
  @CsvSource({
    "1, 2026-01-01T00:00:20Z, false",
    "1, 2026-01-01T00:00:21Z, true",
    "1, 2026-01-01T00:00:22Z, true",
    "2, 2026-01-01T00:00:22Z, false",
  })
  void aRecordOfTheSecondOfItsVerificationMayBeAnother(
      int revision, String recordedAt, boolean expected) {
    Instant at = Instant.parse(recordedAt);
    Observation.Helm helm = new Observation.Helm(revision, HelmStatus.DEPLOYED, "", at, at, "");
    assertThat(Lineage.mayBeReinstalled(VERIFIED, helm)).isEqualTo(expected);
  }
}
