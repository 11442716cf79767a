package dev.belay.manifest;

/**
 * Where in an object a value is, written as the API server writes it: {@code
 * spec.metrics[0].resource.target}.
 *
 * @param text the path; empty for the object itself
 */
public record FieldPath(String text) {

  private static final FieldPath ROOT = new FieldPath("");

  /** The path of these steps from the root of the object. */
  public static FieldPath of(String... steps) {
    FieldPath path = ROOT;
    for (String step : steps) {
      path = path.child(step);
    }
    return path;
  }

  /** The field of this name. A name that could be mistaken for a path goes in brackets. */
  public FieldPath child(String name) {
    if (name.isEmpty() || name.indexOf('.') >= 0 || name.indexOf('/') >= 0) {
      return new FieldPath(text + "[" + name + "]");
    }
    return new FieldPath(text.isEmpty() ? name : text + "." + name);
  }

  /** The element of a list, counted from 0. */
  public FieldPath index(int position) {
    return new FieldPath(text + "[" + position + "]");
  }

  @Override
  public String toString() {
    return text;
  }
}
