package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.ObjectKey;
import org.junit.jupiter.api.Test;

/** Of which objects evidence is kept while it is fresh. */
class ReadinessTest {

  private static final Cause CAUSE =
      Cause.ofObject(Reasons.CRASH_LOOP, new ObjectKey("apps", "Deployment", "shop", "web"), "it");

  @Test
  void trouble_is_wrong_before_it_is_certain() {
    assertThat(new Failed(CAUSE).isWrong()).isTrue();
    assertThat(new InProgress("Ready: 0/1", "", "", Trouble.mayPass(CAUSE)).isWrong()).isTrue();
  }

  @Test
  void what_only_takes_its_time_is_not() {
    assertThat(new InProgress("Ready: 0/1").isWrong()).isFalse();
    assertThat(new Current("Ready: 1").isWrong()).isFalse();
  }
}
