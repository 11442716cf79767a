package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.membership.GatedKinds;
import dev.belay.membership.GatedKinds.GatedKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever installs Belay reads in one page what it may do. */
class RightsPageTest {

  private static final Pattern RESOURCES = Pattern.compile("resources: \\[([^\\]]*)]");

  @Test
  void every_kind_that_belay_has_a_right_to_is_on_the_page() throws IOException {
    Set<String> kinds = new TreeSet<>();
    for (String file : new String[] {"030-cluster-role.yaml", "032-role.yaml"}) {
      RESOURCES
          .matcher(Files.readString(Path.of("k8s/manifests", file)))
          .results()
          .flatMap(found -> Stream.of(found.group(1).split(",\\s*")))
          .forEach(kinds::add);
    }
    // The page names these by the list of docs/gate.md, and status by what it is the status of.
    GatedKinds.ALL.stream().map(GatedKind::plural).forEach(kinds::remove);
    kinds.removeIf(kind -> kind.endsWith("/status") && !kind.startsWith("releases"));
    kinds.remove("\"*\"");
    assertThat(kinds).contains("releasepolicies", "flowschemas", "pods/log", "leases");
    String page = Files.readString(Path.of("docs/rbac.md"));
    assertThat(kinds).allSatisfy(kind -> assertThat(page).contains("`" + kind + "`"));
  }
}
