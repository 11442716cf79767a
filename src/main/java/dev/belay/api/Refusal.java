package dev.belay.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/**
 * A write that the gate refused, or would have refused in a namespace that is only observed.
 * Bounded, and free of Secret values.
 *
 * @param at when
 * @param object what was to be written, {@code HorizontalPodAutoscaler/web}; {@code Helm revision
 *     4} for a whole release
 * @param message why, as the client was told
 * @param user who sent it, as the API server knows them
 * @param client with what, as it names itself as a field manager; empty when it does not
 * @param enforced whether it was refused; false when it was only warned about
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Refusal(
    Instant at, String object, String message, String user, String client, boolean enforced) {

  /** How many a {@code Release} keeps. */
  public static final int KEPT = 5;

  public Refusal {
    user = user == null ? "" : user;
    client = client == null ? "" : client;
  }

  /** Whether this says nothing new: the same of the same object. */
  public boolean repeats(Refusal other) {
    return object.equals(other.object)
        && message.equals(other.message)
        && enforced == other.enforced;
  }
}
