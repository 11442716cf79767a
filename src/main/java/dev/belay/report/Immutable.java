package dev.belay.report;

import java.util.regex.Pattern;

/**
 * Refusals of a change to a field that can't be changed: the API server prints the whole value, for
 * a Pod template a page of it, where the field says it all.
 */
public final class Immutable {

  /** As Go prints a struct, {@code core.PodTemplateSpec{…}}, or as JSON. */
  private static final Pattern DUMPED =
      Pattern.compile(
          "Invalid value: [&\\w.*\\[\\]]*\\{.*?: (?=field is immutable)", Pattern.DOTALL);

  private Immutable() {}

  /** The message, without such values. */
  public static String shortened(String message) {
    return DUMPED.matcher(message).replaceAll("");
  }
}
