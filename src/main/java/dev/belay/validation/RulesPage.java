package dev.belay.validation;

import java.util.Locale;

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

            | rule | severity | what it finds |
            | --- | --- | --- |
            """);
    for (Rule rule : Rules.ALL) {
      page.append(
          "| [%s](#%s) | %s | %s |\n".formatted(rule.id(), rule.id(), severity(rule), rule.says()));
    }
    for (Rule rule : Rules.ALL) {
      page.append(
          "\n## %s\n\n%s\n\n- Checks: %s\n- Severity: %s\n- Remedy: %s\n- As in: %s\n"
              .formatted(
                  rule.id(),
                  rule.says(),
                  String.join(", ", rule.kinds()),
                  severity(rule),
                  rule.remedy(),
                  rule.source()));
    }
    return page.toString();
  }

  private static String severity(Rule rule) {
    return rule.severity().name().toLowerCase(Locale.ROOT);
  }
}
