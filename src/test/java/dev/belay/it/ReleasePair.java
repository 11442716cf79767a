package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A row of the table: a change of a release, and what Helm alone does with it. Its folder holds the
 * manifests: {@code to.yaml}, {@code from.yaml} unless a first install is judged, {@code crds.yaml}
 * if the chart has a {@code crds} folder, and whatever its steps apply. {@code NAMESPACE} in any of
 * them is the namespace of the run: names of cluster-scoped objects need it.
 *
 * <p>The comments at the top of {@code to.yaml} are prose, and these keys; steps are lines for
 * bash, in the folder and the namespace of the run, and can be several:
 *
 * <ul>
 *   <li>{@code helm4}, {@code helm3}: the {@link Outcome}; without it the row is not run
 *   <li>{@code seldom}: the row is run when it is asked for by name
 *   <li>{@code says}: what Belay's words contain where it refuses or warns of what Helm fails at;
 *       {@code warns}: what they contain in any case; {@code never-says}: what they don't contain
 *   <li>{@code before}, {@code between}: a step before the install, or before the upgrade; one that
 *       begins with {@code until} is repeated until it succeeds
 *   <li>{@code installed-by}: the Helm that installs {@code from.yaml}, if it is not the judged one
 *   <li>{@code install}, {@code upgrade}: flags; {@code upgrade} are those of the judged command
 * </ul>
 */
record ReleasePair(Path folder, Map<String, List<String>> header) {

  private static final Path TABLE = Path.of("src/test/resources/release-pairs");
  private static final Pattern KEY = Pattern.compile("# ([a-z0-9-]+): (.+)");
  private static final Set<String> KEYS =
      Set.of(
          "helm4",
          "helm3",
          "seldom",
          "says",
          "warns",
          "never-says",
          "before",
          "between",
          "installed-by",
          "install",
          "upgrade");

  /**
   * The rows that are not seldom, or those, seldom or not, whose names have what the system
   * property {@code pairs} asks for: a pattern, {@code .} for all.
   */
  static List<ReleasePair> wanted() {
    String asked = System.getProperty("pairs", "");
    Pattern wanted = Pattern.compile(asked);
    try (Stream<Path> folders = Files.list(TABLE)) {
      return folders
          .filter(folder -> wanted.matcher(folder.getFileName().toString()).find())
          .sorted()
          .map(ReleasePair::read)
          .filter(row -> !asked.isEmpty() || !row.header.containsKey("seldom"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ReleasePair read(Path folder) {
    Map<String, List<String>> header = new HashMap<>();
    try (Stream<String> lines = Files.lines(folder.resolve("to.yaml"))) {
      lines
          .takeWhile(line -> line.startsWith("#"))
          .map(KEY::matcher)
          .filter(Matcher::matches)
          .forEach(
              key ->
                  header.computeIfAbsent(key.group(1), k -> new ArrayList<>()).add(key.group(2)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(KEYS).as(folder.toString()).containsAll(header.keySet());
    assertThat(header.keySet()).as(folder.toString()).containsAnyOf("helm4", "helm3");
    return new ReleasePair(folder, header);
  }

  String name() {
    return folder.getFileName().toString();
  }

  /** What is expected with this Helm; empty when the row is not for it. */
  Optional<String> expected(Helm helm) {
    return first(key(helm));
  }

  Helm installedBy(Helm judged) {
    return Stream.of(Helm.values())
        .filter(helm -> first("installed-by").equals(Optional.of(key(helm))))
        .findFirst()
        .orElse(judged);
  }

  Optional<String> says() {
    return first("says");
  }

  List<String> steps(String key) {
    return header.getOrDefault(key, List.of());
  }

  List<String> flags(String key) {
    return first(key).map(flags -> List.of(flags.split(" "))).orElse(List.of());
  }

  private Optional<String> first(String key) {
    return steps(key).stream().findFirst();
  }

  private static String key(Helm helm) {
    return helm.name().replace("_", "").toLowerCase(Locale.ROOT);
  }
}
