package dev.belay.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a change failed. Bounded, and free of Secret values.
 *
 * @param helmRevision Helm's number of the change; 0 for other clients
 * @param reason CamelCase
 * @param message the cause in one sentence
 * @param evidence by what it was known that this would not pass; empty where the message tells
 * @param object the object that failed, {@code Deployment/web}; empty when it was none of them
 * @param pod the Pod looked at; empty when there is none
 * @param container the container; empty when there is none
 * @param exitCode its exit code; null when there is none
 * @param sentBy who had sent the change, as the API server knows them; empty where no gate saw it
 * @param sentAt when the change was begun
 * @param detectedAt when Belay knew
 * @param log last lines of the failed container, taken before the rollback removed it
 * @param events what was warned of about the object and its Pods, the newest first
 * @param changes what the change had changed, field by field
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Failure(
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int helmRevision,
    String reason,
    String message,
    String evidence,
    String object,
    String pod,
    String container,
    @Nullable Integer exitCode,
    String sentBy,
    @Nullable Instant sentAt,
    Instant detectedAt,
    List<String> log,
    List<String> events,
    List<String> changes) {

  public Failure {
    evidence = evidence == null ? "" : evidence;
    object = object == null ? "" : object;
    pod = pod == null ? "" : pod;
    container = container == null ? "" : container;
    sentBy = sentBy == null ? "" : sentBy;
    log = log == null ? List.of() : List.copyOf(log);
    events = events == null ? List.of() : List.copyOf(events);
    changes = changes == null ? List.of() : List.copyOf(changes);
  }
}
