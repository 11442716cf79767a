package dev.belay.validation;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ManifestReader;
import dev.belay.manifest.ObjectKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One case of a rule: {@code src/test/resources/rules/<id>/{allow,deny,warn}.<case>.yaml}.
 *
 * <p>It begins with a line {@code # at: <field>} for each finding, in their order. Each text of a
 * line {@code # says: <text>} stands in one of their messages. After a line {@code # live:} stands
 * what is in the cluster, which is empty otherwise; a line {@code # removes: <kind>/<name>} for
 * each object of it that the upgrade removes; with a line {@code # cluster: unknown} nothing is
 * known of it. Objects without a namespace are in {@value #NAMESPACE}.
 *
 * @param verdict allow, deny or warn
 * @param expected the fields that must be found
 * @param said parts of the messages
 * @param release all that comes with the release
 * @param live all that is in the cluster
 * @param lookup the same, as rules ask for it
 */
record Fixture(
    String verdict,
    List<String> expected,
    List<String> said,
    List<KubeObject> release,
    List<KubeObject> live,
    Lookup lookup) {

  static final Path FOLDER = Path.of("src/test/resources/rules");
  static final String NAMESPACE = "shop";

  private static final String AT = "# at: ";
  private static final String SAYS = "# says: ";
  private static final String REMOVES = "# removes: ";
  private static final String LIVE = "# live:\n";

  static Fixture read(Path file) {
    try {
      String text = Files.readString(file);
      int end = text.indexOf(LIVE);
      List<KubeObject> release = ManifestReader.read(end < 0 ? text : text.substring(0, end));
      List<KubeObject> live =
          end < 0 ? List.of() : ManifestReader.read(text.substring(end + LIVE.length()));
      return new Fixture(
          file.getFileName().toString().split("\\.", 2)[0],
          header(text, AT),
          header(text, SAYS),
          release,
          live,
          text.lines().anyMatch("# cluster: unknown"::equals)
              ? Lookup.NOTHING_KNOWN
              : new Remaining(new TestingLookup(live), () -> removed(live, header(text, REMOVES))));
    } catch (IOException | ManifestException e) {
      throw new AssertionError(file.toString(), e);
    }
  }

  private static Set<ObjectKey> removed(List<KubeObject> live, List<String> names) {
    Scope scope = new Scope(NAMESPACE, live, Lookup.NOTHING_KNOWN);
    return live.stream()
        .filter(object -> names.contains(object.key().display()))
        .map(scope::key)
        .collect(Collectors.toSet());
  }

  private static List<String> header(String text, String name) {
    return text.lines()
        .takeWhile(line -> line.startsWith("# "))
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()))
        .toList();
  }

  /** All cases of this rule. */
  static List<Path> files(Rule rule) {
    try (Stream<Path> files = Files.list(FOLDER.resolve(rule.id()))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new AssertionError("no fixtures of " + rule.id(), e);
    }
  }

  /** What is found in the whole release. */
  List<Finding> findings(Lookup asked) {
    return findings(release, asked);
  }

  static List<Finding> findings(List<KubeObject> release, Lookup asked) {
    return Validator.check(release, new Scope(NAMESPACE, release, asked));
  }
}
