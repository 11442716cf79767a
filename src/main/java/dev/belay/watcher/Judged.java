package dev.belay.watcher;

import dev.belay.api.ReleaseStatus;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import dev.belay.manifest.ObjectKey;
import dev.belay.membership.Group;
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
    return Group.digest(members(key, status, Map.of()).digests());
  }

  /**
   * As they are after this revision was restored. What somebody has changed since it was does not
   * count as judged: it is a change.
   *
   * @param restored the objects of the revision, as they were stored
   * @param found what was restored of them, as it was then: not read again where it need not be
   */
  String afterRestoring(
      ReleaseKey key,
      ReleaseStatus status,
      List<KubeObject> restored,
      Map<ObjectKey, KubeObject> found) {
    Group group = members(key, status, found);
    Map<ObjectKey, KubeObject> live = new HashMap<>();
    group.members().forEach(member -> live.put(member.key(), member));
    Map<ObjectKey, String> digests = group.digests();
    for (KubeObject object : restored) {
      KubeObject present = live.get(object.key());
      if (present != null && !Restoration.sameContent(object, present)) {
        digests.put(object.key(), ObjectDigest.of(object));
      }
    }
    return Group.digest(digests);
  }

  private Group members(ReleaseKey key, ReleaseStatus status, Map<ObjectKey, KubeObject> found) {
    return status.ofHelm() && status.stable() != null
        ? helmMembers.edited(key, status, found)
        : groups.read(key);
  }
}
