package dev.belay.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a waiting client was told by the condition {@code Stalled} on workloads: saved before the
 * condition is set, so that whoever leads next takes it away.
 *
 * @param helmRevision Helm's number of the change whose failure was told
 * @param at when it was first told
 * @param withdrawnAt when the conditions were taken away; null while they are there
 * @param workloads what they are set on; the one that failed comes first
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Told(
    int helmRevision, Instant at, @Nullable Instant withdrawnAt, List<Workload> workloads) {

  /** How many workloads are told at most; a client that waits for more waits for its timeout. */
  public static final int MOST = 200;

  public Told {
    workloads = workloads == null ? List.of() : List.copyOf(workloads);
  }

  /**
   * A workload that carries the condition.
   *
   * @param generation of its spec when it was told: what failed then is no failure of a later
   *     change before the spec has changed
   */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Workload(
      String apiVersion, String kind, String namespace, String name, String uid, int generation) {
    public Workload {
      namespace = namespace == null ? "" : namespace;
    }

    public String display() {
      return kind + "/" + name;
    }
  }

  public Told withdrawn(Instant now) {
    return new Told(helmRevision, at, now, workloads);
  }

  /** With these workloads too; those that are known keep their place, and their generation. */
  public Told and(List<Workload> more) {
    List<Workload> all = new ArrayList<>(workloads);
    for (Workload workload : more) {
      if (all.size() < MOST && all.stream().noneMatch(w -> w.uid().equals(workload.uid()))) {
        all.add(workload);
      }
    }
    return new Told(helmRevision, at, null, all);
  }

  /** Whether an earlier change has failed with this very spec of this object. */
  public boolean failedBefore(int revision, String uid, long generation) {
    return helmRevision < revision
        && workloads.stream().anyMatch(w -> w.uid().equals(uid) && generation <= w.generation());
  }
}
