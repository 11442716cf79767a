package dev.belay.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.Reason;
import dev.belay.manifest.ObjectKey;
import java.util.function.Consumer;

/** What is to be decided at one time of a {@link Timeline}. */
final class Expect {

  private Expect() {}

  static Consumer<Decision> opens(int helmRevision) {
    return decision ->
        assertThat(as(Decision.Open.class, decision).changeSet().helmRevision())
            .isEqualTo(helmRevision);
  }

  static Consumer<Decision> waits(Reason reason, String message) {
    return decision -> {
      Decision.Wait wait = as(Decision.Wait.class, decision);
      assertThat(wait.reason()).isEqualTo(reason);
      assertThat(wait.message()).isEqualTo(message);
    };
  }

  static Consumer<Decision> tells(String message, ObjectKey... unready) {
    return decision -> {
      Decision.Tell tell = as(Decision.Tell.class, decision);
      assertThat(tell.cause().message()).isEqualTo(message);
      assertThat(tell.unready()).containsExactly(unready);
    };
  }

  static Consumer<Decision> soaks() {
    return waits(Reason.Verifying, "all workloads are ready; stable once they stay so for 10 s");
  }

  static Consumer<Decision> revisitsAt(long second) {
    return decision ->
        assertThat(as(Decision.Wait.class, decision).revisit()).isEqualTo(Timeline.second(second));
  }

  static Consumer<Decision> promotes(int helmRevision) {
    return decision ->
        assertThat(as(Decision.Promote.class, decision).changeSet().helmRevision())
            .isEqualTo(helmRevision);
  }

  static Consumer<Decision> rollsBack() {
    return is(Decision.RollBack.class);
  }

  static Consumer<Decision> rollsBack(String reason, String message) {
    return decision -> {
      Decision.RollBack rollBack = as(Decision.RollBack.class, decision);
      assertThat(rollBack.cause().reason()).isEqualTo(reason);
      assertThat(rollBack.cause().message()).isEqualTo(message);
    };
  }

  static Consumer<Decision> leaves(Reason reason) {
    return decision -> assertThat(as(Decision.Leave.class, decision).reason()).isEqualTo(reason);
  }

  static Consumer<Decision> is(Class<? extends Decision> type) {
    return decision -> assertThat(decision).isInstanceOf(type);
  }

  private static <D extends Decision> D as(Class<D> type, Decision decision) {
    assertThat(decision).isInstanceOf(type);
    return type.cast(decision);
  }
}
