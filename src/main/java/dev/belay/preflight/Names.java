package dev.belay.preflight;

import java.util.List;

/** Names of objects in one line: the first few, and how many more there are. */
final class Names {

  private static final int FIRST = 5;

  private Names() {}

  static String list(List<String> names) {
    return list(names, FIRST);
  }

  static String list(List<String> names, int most) {
    int more = names.size() - most;
    String first = String.join(", ", names.subList(0, Math.min(names.size(), most)));
    return more > 0 ? "%s and %d more".formatted(first, more) : first;
  }
}
