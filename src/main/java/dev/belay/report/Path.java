package dev.belay.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way to a field. Its text is made where it is told only: names may be long, and many fields
 * have the same one in their way.
 *
 * @param parent null of the object itself
 * @param step as the text has it behind the parent's
 * @param depth how many steps there are
 * @param isShort whether it may be one of the paths that are known by their text
 */
record Path(@Nullable Path parent, String step, int depth, boolean isShort) {

  static final Path ROOT = new Path(null, "", 0, true);

  /** The longest of the paths that are known by their text, in steps and in characters of each. */
  private static final int KNOWN_DEPTH = 3;

  private static final int KNOWN_CHARS = 100;

  /** The way to the field of this name. */
  Path field(String name) {
    boolean quoted = name.contains(".") || name.contains("/");
    return step(quoted ? "[" + name + "]" : depth == 0 ? name : "." + name);
  }

  /** The way to the element that has this key in a list. */
  Path element(String label) {
    return step("[" + label + "]");
  }

  private Path step(String next) {
    boolean known = isShort && depth < KNOWN_DEPTH && next.length() <= KNOWN_CHARS;
    return new Path(this, next, depth + 1, known);
  }

  /** Whether it is one of these, all of which are short. */
  boolean isOneOf(Set<String> known) {
    return isShort && known.contains(text(KNOWN_DEPTH * KNOWN_CHARS));
  }

  /** {@code spec.template.spec.containers[web].image}, bounded as by {@link Bounded#text}. */
  String text(int maxChars) {
    Deque<String> steps = new ArrayDeque<>();
    for (Path at = this; at != null; at = at.parent) {
      steps.push(at.step);
    }
    return Bounded.text(String.join("", steps), maxChars);
  }
}
