package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class GateKeyTest {

  private static final GateKey KEY = new GateKey("a".repeat(64));

  @Test
  void an_hour_begins_at_its_first_second() {
    assertThat(GateKey.hour(Instant.EPOCH)).isZero();
    assertThat(GateKey.hour(Instant.parse("2026-01-01T10:59:59.999Z"))).isEqualTo(490_906);
    assertThat(GateKey.hour(Instant.parse("2026-01-01T11:00:00Z"))).isEqualTo(490_907);
  }

  /** {@code printf 490906 | openssl dgst -sha256 -hmac aaa…} */
  @Test
  void a_path_is_what_others_make_of_key_and_hour() {
    assertThat(KEY.path(490_906))
        .isEqualTo("b1cb3f80b0674d10d80e1f1a07400b47742d69259a6026e20024003d19af6084");
  }

  @Test
  void the_key_is_not_told_by_chance() {
    assertThat(KEY).asString().doesNotContain("aa");
  }
}
