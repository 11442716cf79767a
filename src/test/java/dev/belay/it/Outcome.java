package dev.belay.it;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a change of a release ended, once for Helm and once for Belay, and both in one word. They are
 * equal when it is one of these:
 *
 * <ul>
 *   <li>{@code applied}: Helm applies all of it, and Belay lets it through
 *   <li>{@code refused}: Helm fails half way, and Belay refuses it
 *   <li>{@code not asked}: Helm itself refuses it before it writes its record
 *   <li>{@code conflict}: Helm fails half way for a conflict of field managers, of which Belay
 *       warns; the record does not tell whether the user forces conflicts
 *   <li>{@code only forced}: Helm fails half way, where its {@code --force} would replace the
 *       object, and Belay warns of that; the record does not tell this flag either
 *   <li>{@code not checked}: Helm fails half way at something that needs a kind or a namespace of
 *       the same release, and Belay says that it could not be checked before
 *   <li>{@code not told}: Helm fails half way where the API server accepts the same request as a
 *       dry run, which is all that Belay can ask
 *   <li>{@code rule:<id>}: Helm applies all of it, and a rule of Belay refuses it, by its name
 * </ul>
 *
 * @param applied whether Helm ended well
 * @param recorded whether Helm wrote a record of it
 * @param belay what Belay said in its warnings, a line each
 */
record Outcome(boolean applied, boolean recorded, String belay) {

  private static final Pattern REFUSAL =
      Pattern.compile("Belay would refuse this: this (install|upgrade) of release .* would fail");

  private static final String FORCED = "only `helm upgrade --force` would apply it";

  /** A name at the end of a cause; brackets in the middle of one are list items. */
  private static final Pattern RULE = Pattern.compile("\\[([a-z][a-z-]*)](;|$)", Pattern.MULTILINE);

  String word() {
    boolean refused = REFUSAL.matcher(belay).find();
    if (!applied && !recorded && !refused) {
      return "not asked";
    }
    if (applied != refused) {
      return !applied ? "refused" : "applied";
    }
    Matcher rule = RULE.matcher(belay);
    if (applied) {
      return rule.find() ? "rule:" + rule.group(1) : "unequal: Helm applied, Belay refused";
    }
    if (belay.contains("conflict with")) {
      return "conflict";
    }
    if (belay.contains(FORCED)) {
      return "only forced";
    }
    return belay.contains("Belay did not check what needs") ? "not checked" : "not told";
  }
}
