package dev.belay.rollout;

import dev.belay.api.Mode;
import dev.belay.rollout.Observation.Assessed;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What was just read of a release whose client writes no record.
 *
 * @param mode what Belay may do in the namespace
 * @param empty whether it has no member any more
 * @param digest of all members
 * @param firstWrite the earliest of the last writes of those that differ from the stable revision,
 *     and of the creations of those that it does not have; far in the future where none differs
 * @param lastWrite the latest write of one that differs; the epoch where none does
 * @param writtenAt when each member was last written, by {@code Kind/name}
 * @param client who wrote last
 * @param ownData whether all that differs is data that an application or its controller writes for
 *     itself, and no client
 * @param objects the readiness of each member that gates the release; empty while nobody asks for
 *     it ({@link Declarative#needsObjects})
 * @param restarts restarts of the new revision's Pods, all together
 */
public record Members(
    Mode mode,
    boolean empty,
    String digest,
    Instant firstWrite,
    Instant lastWrite,
    Map<String, Instant> writtenAt,
    String client,
    boolean ownData,
    List<Assessed> objects,
    int restarts) {

  public Members {
    writtenAt = Map.copyOf(writtenAt);
    objects = List.copyOf(objects);
  }

  /** The same, by another client. */
  public Members by(String name) {
    return new Members(
        mode, empty, digest, firstWrite, lastWrite, writtenAt, name, ownData, objects, restarts);
  }

  /** The same, with what was found out about its workloads. */
  public Members assessed(List<Assessed> assessed, int restartsNow) {
    return new Members(
        mode,
        empty,
        digest,
        firstWrite,
        lastWrite,
        writtenAt,
        client,
        ownData,
        assessed,
        restartsNow);
  }
}
