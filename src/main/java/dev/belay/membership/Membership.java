package dev.belay.membership;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Sorts the objects of a namespace into releases: by their marks, and where they have none by what
 * refers to them. What two releases refer to belongs to neither.
 */
public final class Membership {

  /** Longest name of a release: it becomes a label of its revisions. */
  private static final int MAX_NAME = 63;

  private Membership() {}

  /**
   * The releases of one namespace. An object that belongs to none is in none of them.
   *
   * @param objects the objects of the namespace, of any kind
   * @param stable the members of the stable revisions and whose they are. A mark alone does not
   *     move one of them: until a change has been verified, a member stays in its release. Those of
   *     releases with records count where somebody else's object could be taken for one of them
   * @param recorded releases of which a client keeps records: what is in them is said there. They
   *     refer to objects like any other, and are not among the answers
   */
  public static Map<String, Group> groups(
      List<KubeObject> objects, Map<ObjectKey, String> stable, Set<String> recorded) {
    Surroundings around =
        new Surroundings(recorded, ApplySets.names(objects), KappApps.names(objects));
    List<KubeObject> counted = objects.stream().filter(Countable::counts).toList();
    Map<ObjectKey, String> homes = new HashMap<>();
    for (KubeObject object : counted) {
      home(object, stable, around).ifPresent(release -> homes.put(object.key(), release));
    }
    List<KubeObject> workloads = counted.stream().filter(Marks::isWorkload).toList();
    join(counted, homes, byWorkloads(counted, workloads, homes));
    join(counted, homes, byIngresses(counted, homes));
    Map<String, Group> groups = grouped(counted, homes, around);
    groups.keySet().removeAll(recorded);
    return groups;
  }

  private static Optional<String> home(
      KubeObject object, Map<ObjectKey, String> stable, Surroundings around) {
    String verifiedIn = stable.get(object.key());
    if (verifiedIn == null) {
      return Marks.release(object, around);
    }
    if (around.recorded().contains(verifiedIn)) {
      return Marks.helms(object).or(() -> Optional.of(verifiedIn));
    }
    Optional<String> mark = Marks.releaseOfVerified(object, around);
    boolean takenByHelm = mark.filter(around.recorded()::contains).isPresent();
    return mark.isEmpty() || takenByHelm ? mark : Optional.of(verifiedIn);
  }

  /** Which releases' workloads each of these objects has to do with. */
  private static Map<ObjectKey, Set<String>> byWorkloads(
      List<KubeObject> objects, List<KubeObject> workloads, Map<ObjectKey, String> homes) {
    Map<ObjectKey, Set<String>> referring = new HashMap<>();
    for (KubeObject workload : workloads) {
      String release = homes.get(workload.key());
      if (release == null) {
        continue;
      }
      References.ofPods(workload).forEach(key -> note(referring, key, release));
      for (KubeObject object : objects) {
        boolean about =
            object.kind().equals("HorizontalPodAutoscaler")
                ? References.scales(object, workload)
                : References.selects(object, workload);
        if (about) {
          note(referring, object.key(), release);
        }
      }
    }
    return referring;
  }

  private static Map<ObjectKey, Set<String>> byIngresses(
      List<KubeObject> objects, Map<ObjectKey, String> homes) {
    Map<ObjectKey, Set<String>> referring = new HashMap<>();
    for (KubeObject object : objects) {
      if (object.kind().equals("Ingress")) {
        for (ObjectKey service : References.ofIngress(object)) {
          String release = homes.get(service);
          if (release != null) {
            note(referring, object.key(), release);
          }
        }
      }
    }
    return referring;
  }

  private static void join(
      List<KubeObject> objects,
      Map<ObjectKey, String> homes,
      Map<ObjectKey, Set<String>> referring) {
    for (KubeObject object : objects) {
      Set<String> releases = referring.getOrDefault(object.key(), Set.of());
      if (releases.size() == 1) {
        homes.putIfAbsent(object.key(), releases.iterator().next());
      }
    }
  }

  private static Map<String, Group> grouped(
      List<KubeObject> objects, Map<ObjectKey, String> homes, Surroundings around) {
    Map<String, List<KubeObject>> members = new TreeMap<>();
    for (KubeObject object : objects) {
      String release = homes.get(object.key());
      if (release != null && release.length() <= MAX_NAME) {
        members.computeIfAbsent(release, name -> new ArrayList<>()).add(object);
      }
    }
    Map<String, Group> groups = new TreeMap<>();
    members.forEach((name, objectsOf) -> groups.put(name, new Group(name, objectsOf, around)));
    return groups;
  }

  private static void note(Map<ObjectKey, Set<String>> referring, ObjectKey key, String release) {
    referring.computeIfAbsent(key, any -> new HashSet<>()).add(release);
  }
}
