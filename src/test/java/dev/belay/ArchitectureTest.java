package dev.belay;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The walls between the rooms. */
class ArchitectureTest {

  /** Know neither HTTP, nor a cluster, nor what time it is. */
  private static final Set<String> PURE =
      Set.of(
          "api",
          "helm",
          "manifest",
          "masking",
          "merge",
          "membership",
          "readiness",
          "report",
          "revision",
          "rollback",
          "rollout",
          "text",
          "validation");

  private static final Set<String> IMPURE =
      Set.of(
          "admission", "certificate", "cli", "cluster", "health", "preflight", "trace", "watcher");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.belay");

  @Test
  void every_room_is_known_to_be_pure_or_not() {
    Set<String> rooms = new TreeSet<>();
    CLASSES.getPackage("dev.belay").getSubpackages().forEach(p -> rooms.add(p.getRelativeName()));
    assertThat(rooms).contains("rollout", "cluster");
    rooms.removeAll(PURE);
    rooms.removeAll(IMPURE);
    assertThat(rooms).as("add the new room to one of the two lists").isEmpty();
  }

  @Test
  void pure_rooms_know_neither_http_nor_a_cluster() {
    check(
        noClasses()
            .that(arePure())
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                        "io.fabric8..", "io.quarkus..", "jakarta..", "java.net..", "io.vertx..")
                    .and(
                        DescribedPredicate.not(
                            describe("are hints for native", hintsForNative())))));
  }

  @Test
  void pure_rooms_know_only_pure_rooms() {
    check(
        noClasses()
            .that(arePure())
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                    IMPURE.stream()
                        .map(room -> "dev.belay." + room + "..")
                        .toArray(String[]::new))));
  }

  @Test
  void pure_rooms_are_told_what_time_it_is() {
    check(
        noClasses()
            .that(arePure())
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .orShould()
            .callMethodWhere(
                describe(
                    "the time is asked for",
                    call ->
                        call.getName().equals("currentTimeMillis")
                            || call.getName().equals("nanoTime")
                            || (call.getName().equals("now")
                                && call.getTargetOwner().getPackageName().equals("java.time")))));
  }

  /**
   * The clock of a machine may be wrong; those of the API server's answers are what objects say.
   */
  @Test
  void what_time_it_is_the_api_server_says() {
    check(
        noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.belay.cluster.ServerClock")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .orShould()
            .callMethodWhere(
                describe(
                    "this machine's clock is asked",
                    call ->
                        call.getName().equals("currentTimeMillis")
                            || (call.getName().equals("system")
                                && call.getTargetOwner()
                                    .getName()
                                    .equals("java.time.InstantSource"))
                            || (call.getName().equals("now")
                                && call.getTargetOwner().getPackageName().equals("java.time")))));
  }

  @Test
  void hints_for_native_are_given_in_the_room_of_the_resources_only() {
    check(
        noClasses()
            .that(arePure())
            .and()
            .resideOutsideOfPackage("dev.belay.api")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.quarkus.."));
  }

  @Test
  void only_one_room_talks_to_the_api_server() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.belay.cluster..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.fabric8.."));
  }

  @Test
  void only_one_room_is_talked_to_by_http() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.belay.admission..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jakarta.ws.rs.."));
  }

  @Test
  void only_one_room_knows_how_spans_are_sent() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.belay.trace..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.opentelemetry.."));
  }

  @Test
  void rooms_do_not_know_each_other_in_circles() {
    check(slices().matching("dev.belay.(*)..").should().beFreeOfCycles());
  }

  @Test
  void a_class_is_named_after_what_it_is() {
    check(
        classes()
            .should()
            .haveNameNotMatching(".*(Utils|Util|Manager|Helper|Impl)")
            .andShould()
            .haveNameNotMatching(".*\\.Abstract[A-Z].*"));
  }

  @Test
  void every_package_says_what_happens_in_it_and_is_checked_for_null() throws Exception {
    List<String> silent = new ArrayList<>();
    for (JavaPackage room : CLASSES.getPackage("dev.belay").getSubpackagesInTree()) {
      if (room.getClasses().isEmpty()) {
        continue;
      }
      Path said =
          Path.of("src/main/java", room.getName().split("\\.")).resolve("package-info.java");
      if (!Files.exists(said)
          || !Files.readString(said).contains("/**")
          || !room.isAnnotatedWith(NullMarked.class)) {
        silent.add(room.getName());
      }
    }
    assertThat(silent).isEmpty();
  }

  private static DescribedPredicate<JavaClass> arePure() {
    return resideInAnyPackage(
            PURE.stream().map(room -> "dev.belay." + room + "..").toArray(String[]::new))
        .as("are pure");
  }

  private static java.util.function.Predicate<JavaClass> hintsForNative() {
    return type ->
        type.isEquivalentTo(RegisterForReflection.class)
            || resideInAPackage("io.quarkus.runtime.annotations").test(type);
  }

  private static void check(ArchRule rule) {
    assertThat(CLASSES).isNotEmpty();
    rule.check(CLASSES);
  }
}
