package dev.belay.helm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * The changes to a release's history that keep it true after a rollback: what Helm's own rollback
 * writes, as in helm v4.3.1 {@code pkg/action/rollback.go}. Every answer is a changed copy.
 *
 * <p>Bounds: a rollback's description has at most {@value #MAX_ROLLBACK_DESCRIPTION} characters,
 * which is Helm's own limit, a failure's {@value #MAX_FAILURE_DESCRIPTION}, for which Helm has
 * none; longer ones are cut.
 */
public final class HelmHistory {

  public static final int MAX_ROLLBACK_DESCRIPTION = 256;
  public static final int MAX_FAILURE_DESCRIPTION = 1024;

  private HelmHistory() {}

  /** The record of a revision that did not become healthy. */
  public static HelmRecord failed(HelmRecord record, String description) {
    ObjectNode copy = record.json().deepCopy();
    info(copy)
        .put("status", HelmStatus.FAILED.text())
        .put("description", cut(description, MAX_FAILURE_DESCRIPTION));
    return new HelmRecord(copy);
  }

  /** The record of a revision that a newer one took the place of. */
  public static HelmRecord superseded(HelmRecord record) {
    ObjectNode copy = record.json().deepCopy();
    info(copy).put("status", HelmStatus.SUPERSEDED.text());
    return new HelmRecord(copy);
  }

  /**
   * The record of the revision that went back to the target. Chart, values, manifest, notes, apply
   * method and hooks are the target's, the hooks' last runs too: Helm does the same, and writes
   * them anew only for hooks that it runs.
   */
  public static HelmRecord rollback(
      HelmRecord target, int newVersion, String description, Instant now) {
    ObjectNode copy = target.json().deepCopy();
    copy.put("version", newVersion);
    ObjectNode info = info(copy);
    info.remove("deleted");
    info.remove("resources");
    info.put("status", HelmStatus.DEPLOYED.text());
    info.put("description", cut(description, MAX_ROLLBACK_DESCRIPTION));
    info.put("last_deployed", HelmTime.write(now));
    info.put("rollback_revision", target.version());
    return new HelmRecord(copy);
  }

  private static ObjectNode info(ObjectNode record) {
    return record.withObjectProperty("info");
  }

  private static String cut(String description, int most) {
    return description.codePointCount(0, description.length()) <= most
        ? description
        : description.substring(0, description.offsetByCodePoints(0, most - 1)) + "…";
  }
}
