package dev.belay.watcher;

import dev.belay.api.Mode;
import dev.belay.api.ReleaseStatus;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.membership.Clients;
import dev.belay.membership.Group;
import dev.belay.membership.Writes;
import dev.belay.membership.Writes.Write;
import dev.belay.rollout.Members;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who changed members of a release, and when: they say so themselves. */
final class MembersSeen {

  private MembersSeen() {}

  /** What was read of these members, against what the stable revision holds. */
  static Members of(
      Mode mode,
      ReleaseStatus status,
      Group group,
      Map<ObjectKey, String> digests,
      Map<ObjectKey, String> before,
      Duration quiet) {
    Instant first = Instant.MAX;
    Write last = new Write(Instant.EPOCH, "");
    Map<String, Instant> writtenAt = new HashMap<>();
    boolean ownData = digests.keySet().containsAll(before.keySet());
    for (KubeObject member : group.members()) {
      Write write = Writes.last(member);
      writtenAt.put(member.key().display(), write.at());
      String digest = digests.getOrDefault(member.key(), "");
      if (!digest.equals(before.get(member.key()))) {
        Instant begun = begun(member, write, before, quiet);
        first = begun.isBefore(first) ? begun : first;
        last = write.at().isAfter(last.at()) ? write : last;
        ownData &= isData(member) && !Clients.isKnown(write.manager());
      }
    }
    return new Members(
        mode,
        group.members().isEmpty(),
        Group.digest(digests),
        first,
        last.at(),
        writtenAt,
        last.manager().isEmpty() ? status.client() : Clients.named(last.manager()),
        ownData && !last.manager().isEmpty(),
        List.of(),
        0);
  }

  private static boolean isData(KubeObject member) {
    String kind = member.key().groupKind();
    return kind.equals("ConfigMap") || kind.equals("Secret");
  }

  /**
   * What was created and soon changed again has been part of the change from its creation. What was
   * there long before has only come to the release now: it is not the change's to delete.
   */
  private static Instant begun(
      KubeObject member, Write write, Map<ObjectKey, String> before, Duration quiet) {
    Instant created = Writes.created(member);
    boolean together = !created.isBefore(write.at().minus(quiet));
    return together && !before.containsKey(member.key()) ? created : write.at();
  }
}
