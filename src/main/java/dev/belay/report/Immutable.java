package dev.belay.report;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;

/**
 * Refusals of a change to a field that can't be changed: the API server prints the whole value, for
 * a Pod template a page of it, where the field says it all.
 */
public final class Immutable {

  private static final String VALUE = "Invalid value: ";
  private static final String REASON = ": field is immutable";

  /** As Go prints a struct, {@code core.PodTemplateSpec{…}}, or as JSON. */
  private static final Pattern DUMP = Pattern.compile(VALUE + "[&\\w.*\\[\\]]*\\{");

  private Immutable() {}

  /** The message, without such values. */
  public static String shortened(String message) {
    StringBuilder kept = new StringBuilder();
    int from = 0;
    int reason = 0;
    Matcher dump = DUMP.matcher(message);
    while (dump.find(from)) {
      if (reason >= 0 && reason < dump.end()) {
        reason = message.indexOf(REASON, dump.end());
      }
      int next = message.indexOf(VALUE, dump.end());
      // Before the next value, so that the reason is this one's.
      boolean immutable = reason >= 0 && (next < 0 || reason < next);
      kept.append(message, from, immutable ? dump.start() : dump.end());
      from = immutable ? reason + ": ".length() : dump.end();
    }
    return kept.append(message, from, message.length()).toString();
  }
}
