package dev.belay.membership;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import dev.belay.manifest.ObjectKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The objects of one release, as they are live.
 *
 * @param release its name
 * @param members its objects, in the order of their keys
 * @param around what is known of their namespace
 */
public record Group(String release, List<KubeObject> members, Surroundings around) {

  public Group {
    members = members.stream().sorted(java.util.Comparator.comparing(KubeObject::key)).toList();
  }

  public Group(String release, List<KubeObject> members) {
    this(release, members, Surroundings.UNKNOWN);
  }

  public boolean hasWorkload() {
    return members.stream().anyMatch(Marks::isWorkload);
  }

  /** Whether the object itself names this release; the others only belong to it. */
  public boolean isMarked(KubeObject member) {
    return mark(member).filter(release::equals).isPresent();
  }

  /**
   * Without the members whose mark names another release by now: they were kept until the change
   * that brought the mark had its verdict.
   */
  public Group withoutLeaving() {
    return new Group(
        release,
        members.stream().filter(member -> mark(member).map(release::equals).orElse(true)).toList(),
        around);
  }

  /** What each of them is wanted to be. */
  public Map<ObjectKey, String> digests() {
    Map<ObjectKey, String> digests = new TreeMap<>();
    members.forEach(member -> digests.put(member.key(), ObjectDigest.of(member)));
    return digests;
  }

  /** One digest over these. */
  public static String digest(Map<ObjectKey, String> digests) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(digests).forEach((key, digest) -> text.append(key).append(' ').append(digest));
    return ObjectDigest.of(text.toString());
  }

  private Optional<String> mark(KubeObject member) {
    return Marks.releaseOfVerified(member, around);
  }
}
