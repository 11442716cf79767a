package dev.belay.watcher;

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

  Judged(NamespaceGroups groups) {
    this.groups = groups;
  }

  /** As they are. */
  String now(ReleaseKey key) {
    return Group.digest(groups.read(key).digests());
  }

  /**
   * As they are after this revision was restored. What somebody has changed since it was does not
   * count as judged: it is a change.
   */
  String afterRestoring(ReleaseKey key, List<KubeObject> restored) {
    Group group = groups.read(key);
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
}
