package dev.belay.report;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.masking.Masking;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a failed change has changed, a line for each field. */
public final class Changes {

  /** Lines of one report; the last one says so where there is more. */
  public static final int MAX_LINES = 50;

  private static final String MORE = "and more, which is left out here";

  private Changes() {}

  /**
   * The lines, those of the object that failed first.
   *
   * @param before the objects of the stable revision; empty where there is none, and then nothing
   *     is told of what is there now
   * @param after the objects as they were when the change had failed
   * @param failed the object that failed
   * @param secrets what is masked in them
   */
  public static List<String> of(
      List<KubeObject> before,
      Map<ObjectKey, KubeObject> after,
      ObjectKey failed,
      Masking secrets) {
    if (before.isEmpty()) {
      return List.of();
    }
    List<FieldChange> changes = new ArrayList<>();
    Map<ObjectKey, KubeObject> added = new LinkedHashMap<>(after);
    KubeObject brought = added.get(failed);
    if (brought != null && before.stream().noneMatch(object -> object.key().equals(failed))) {
      changes.addAll(Difference.between(failed, null, brought, secrets, 1));
      added.remove(failed);
    }
    List<KubeObject> ordered = new ArrayList<>(before);
    ordered.sort(Comparator.comparing(object -> !object.key().equals(failed)));
    for (KubeObject object : ordered) {
      KubeObject now = added.remove(object.key());
      changes.addAll(Difference.between(object.key(), object, now, secrets, MAX_LINES + 1));
    }
    added.forEach(
        (key, object) -> changes.addAll(Difference.between(key, null, object, secrets, 1)));
    List<String> lines = new ArrayList<>();
    for (FieldChange change : changes) {
      if (lines.size() == MAX_LINES - 1 && changes.size() > MAX_LINES) {
        lines.add(MORE);
        break;
      }
      lines.add(
          "%s: %s: %s → %s"
              .formatted(
                  change.object().display(), change.field(), change.before(), change.after()));
    }
    return lines;
  }
}
