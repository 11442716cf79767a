package dev.belay.membership;

import dev.belay.manifest.KubeObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What has to be known of a namespace to tell the release of an object in it.
 *
 * @param recorded releases of which a client keeps records: what is in them is said there
 * @param applySets names of ApplySets, by id
 * @param kappApps names of kapp's apps, by number
 */
public record Surroundings(
    Set<String> recorded, Map<String, String> applySets, Map<String, String> kappApps) {

  public static final Surroundings UNKNOWN = new Surroundings(Set.of());

  public Surroundings {
    recorded = Set.copyOf(recorded);
    applySets = Map.copyOf(applySets);
    kappApps = Map.copyOf(kappApps);
  }

  public Surroundings(Set<String> recorded) {
    this(recorded, Map.of(), Map.of());
  }

  /**
   * The releases with records that some of these objects name without Helm's own marks. Only what
   * is stored of such a release tells whether they are its objects.
   */
  public Set<String> unproven(List<KubeObject> objects) {
    Set<String> unproven = new TreeSet<>();
    for (KubeObject object : objects) {
      for (String name : Marks.names(object, this)) {
        if (recorded.contains(name) && !Marks.isHelms(object, name)) {
          unproven.add(name);
        }
      }
    }
    return unproven;
  }
}
