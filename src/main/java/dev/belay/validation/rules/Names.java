package dev.belay.validation.rules;

import dev.belay.validation.Violation;
import java.util.List;
import java.util.stream.Stream;

/**
 * Names that become part of a URL: not empty, neither {@code .} nor {@code ..}, without {@code /}
 * and {@code %} (apimachinery, {@code pkg/api/validate/content/path.go}).
 */
final class Names {

  private Names() {}

  /** What is wrong with the kind and the name of a reference to an object. */
  static List<Violation> reference(Part reference) {
    return Stream.of(reference.child("kind"), reference.child("name"))
        .flatMap(name -> segment(name).stream())
        .toList();
  }

  /** What is wrong with this name. */
  static List<Violation> segment(Part name) {
    List<Violation> missing = required(name);
    if (!missing.isEmpty() || !name.node().isTextual()) {
      return missing;
    }
    String text = name.node().textValue();
    boolean wrong =
        text.equals(".") || text.equals("..") || text.contains("/") || text.contains("%");
    return wrong
        ? List.of(
            Violation.at(
                name.path(), name.node(), "it must not be . or .., and not contain / or %"))
        : List.of();
  }

  /** Says so when there is no text here; a value of another type passes. */
  static List<Violation> required(Part name) {
    boolean empty = name.node().isTextual() && name.node().textValue().isEmpty();
    return empty || !name.present()
        ? List.of(Violation.missing(name.path(), "it must be set"))
        : List.of();
  }
}
