package dev.belay.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;

/**
 * Who sent a change, as the gate saw it: a stored object tells the program and the time at best.
 *
 * @param at when the first object of it was let through, or Helm's record of it
 * @param helmRevision Helm's number of it; 0 for other clients
 * @param user who, as the API server knows them
 * @param client with what, as it names itself as a field manager; empty when it does not
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Sent(
    Instant at,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int helmRevision,
    String user,
    String client) {

  /** The same person is not put down again within this time. */
  public static final Duration REPEATED = Duration.ofSeconds(10);

  public Sent {
    user = user == null ? "" : user;
    client = client == null ? "" : client;
  }
}
