package dev.belay.watcher;

import dev.belay.api.ReleaseStatus;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import dev.belay.manifest.ObjectKey;
import dev.belay.membership.Group;
import dev.belay.rollback.OtherJobs;
import dev.belay.rollback.Restoration;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the members of a release look like when a change has had its verdict. */
@ApplicationScoped
class Judged {

  private final NamespaceGroups groups;
  private final HelmMembers helmMembers;

  Judged(NamespaceGroups groups, HelmMembers helmMembers) {
    this.groups = groups;
    this.helmMembers = helmMembers;
  }

  /** As they are. */
  String now(ReleaseKey key, ReleaseStatus status) {
    Group group = isOfHelm(status) ? helmMembers.edited(key, status) : groups.read(key);
    return Group.digest(group.digests());
  }

  /**
   * As they are after this revision was restored. What somebody has changed since it was does not
   * count as judged: it is a change.
   *
   * @param stored the objects of the revision
   * @param restored what was restored of them
   */
  String afterRestoring(
      ReleaseKey key, ReleaseStatus status, List<KubeObject> stored, Restored restored) {
    if (isOfHelm(status)) {
      Map<ObjectKey, String> digests =
          new HashMap<>(helmMembers.edited(key, status, restored.objects()).digests());
      digests.putAll(restored.digests());
      return Group.digest(digests);
    }
    Group group = groups.read(key);
    Map<ObjectKey, KubeObject> live = new HashMap<>();
    group.members().forEach(member -> live.put(member.key(), member));
    Map<ObjectKey, String> digests = group.digests();
    for (KubeObject object : stored) {
      KubeObject present = live.get(object.key());
      if (present != null
          && !OtherJobs.is(object, present)
          && !Restoration.sameContent(object, present)) {
        digests.put(object.key(), ObjectDigest.of(object));
      }
    }
    return Group.digest(digests);
  }

  private static boolean isOfHelm(ReleaseStatus status) {
    return status.ofHelm() && status.stable() != null;
  }
}
