package dev.belay.validation;

import java.util.Locale;
import java.util.stream.Collectors;

/** The page {@code docs/rules.md}, as the rules themselves say it. */
public final class RulesPage {

  private RulesPage() {}

  /** The page in Markdown. */
  public static String text() {
    StringBuilder page =
        new StringBuilder(
            """
            # Rules

            What Belay checks in an object by itself, before it asks the API server for a dry run. Every
            message ends with the name of its rule in brackets.

            A rule denies only what the API server would refuse anyway. What it adds is the time, before the
            first object of the release is written, and the remedy. A field of the wrong type is left to the
            dry run, and so is a field of spec that is left out: another manager may own it, and the
            live object has it then.

            A rule warns of what the API server accepts and what does not work. Rules about what an object
            refers to are asked in the pre-flight of a release only: what is named is looked for in the
            release, hooks included, and then in the cluster. They say nothing where that is not known, and
            where something in the release may still make it: a custom resource that names it, a Role with
            the right to. They never refuse: somebody may make it a moment later.

            For one release the cluster is read at most 64 times, 2 s each, in lists of at most 500. Of
            ConfigMaps and Secrets the names of the keys are kept, and no value.

            | rule | severity | what it finds |
            | --- | --- | --- |
            """);
    for (Rule rule : Rules.ALL) {
      page.append(
          "| [%s](#%s) | %s | %s |\n".formatted(rule.id(), rule.id(), severity(rule), rule.says()));
    }
    for (Rule rule : Rules.ALL) {
      page.append(
          "\n## %s\n\n%s\n\n- Checks: %s\n- Asked of: %s\n- Severity: %s\n- Remedy: %s\n- As in: %s\n"
              .formatted(
                  rule.id(),
                  rule.says(),
                  kinds(rule),
                  rule.ofRelease() ? "a whole release" : "each object",
                  severity(rule),
                  rule.remedy(),
                  rule.source()));
    }
    return page.toString();
  }

  /** A kind of the core group is named alone, as elsewhere. */
  private static String kinds(Rule rule) {
    return rule.kinds().stream()
        .map(
            kind ->
                kind.equals(Rule.ANY_KIND)
                    ? "every kind"
                    : kind.startsWith("/") ? kind.substring(1) : kind)
        .collect(Collectors.joining(", "));
  }

  private static String severity(Rule rule) {
    return rule.severity().name().toLowerCase(Locale.ROOT);
  }
}
