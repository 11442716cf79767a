package dev.belay;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.belay.text.Growth;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * No pattern takes more than linear time, whatever a user, a container or the API server wrote:
 * each is one of RE2/J, a constant that is found here, and tried with text that is made for it.
 */
class PatternsTest {

  /**
   * Where the JDK's patterns stay, which backtrack: each decides by the next character alone, is
   * tried as the others are, and reads at most 400 characters, many thousand times a manifest.
   */
  private static final Set<String> BACKTRACKING = Set.of("dev.belay.manifest.KubernetesScalars");

  private static final Set<String> PATTERNS =
      Set.of("java.util.regex.Pattern", "com.google.re2j.Pattern");

  /** Methods of String that take a pattern. */
  private static final Set<String> OF_STRINGS =
      Set.of("matches", "replaceAll", "replaceFirst", "split", "splitWithDelimiters");

  /** As often as the middle of a text is repeated, and then twice as often. */
  private static final int TIMES = 40;

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.belay");

  @Test
  void no_pattern_backtracks() {
    check(
        noClasses()
            .that(
                describe(
                    "are not excepted", type -> !BACKTRACKING.contains(outermost(type).getName())))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.util.regex..")
            .because("com.google.re2j takes linear time for any text"));
  }

  @Test
  void no_pattern_hides_in_a_method_of_a_string() {
    check(
        noClasses()
            .should()
            .callMethodWhere(
                describe(
                    "a string is matched",
                    call ->
                        call.getTargetOwner().isEquivalentTo(String.class)
                            && OF_STRINGS.contains(call.getName())))
            .because("each makes a java.util.regex.Pattern"));
  }

  @Test
  void every_pattern_is_a_constant_that_this_test_finds() {
    check(
        noClasses()
            .that(
                describe(
                    "are not excepted", type -> !BACKTRACKING.contains(outermost(type).getName())))
            .should()
            .callMethodWhere(
                describe(
                    "a pattern is made of what is not known here",
                    call -> isPattern(call.getTargetOwner()) && isMade(call))));
    for (JavaClass type : CLASSES) {
      for (JavaField field : type.getFields()) {
        if (isPattern(field.getRawType()) && !isPartOf(type, field)) {
          assertThat(field.getModifiers())
              .as(field.getFullName())
              .extracting(Enum::name)
              .contains("STATIC", "FINAL");
        }
      }
    }
  }

  @Test
  void every_pattern_takes_linear_time_for_text_that_is_made_for_it() throws Exception {
    Map<String, Object> patterns = patterns();
    assertThat(patterns).hasSizeGreaterThan(25);
    List<String> slow = new ArrayList<>();
    for (var pattern : patterns.entrySet()) {
      slow.addAll(slow(pattern.getKey(), pattern.getValue()));
    }
    assertThat(slow).isEmpty();
  }

  /** The patterns by which two Secrets of 15 kB stopped the gate of a cluster, and their like. */
  @Test
  void what_backtracks_is_seen() {
    for (String backtracking :
        List.of(
            "^\\s*(?:export\\s+)?[\\w.-]+\\s*[=:]\\s*[\"']?(.+?)[\"']?\\s*$",
            "([\\w.-]*(?:pass|pwd|token)[\\w.-]*[\"']?\\s*[=:]\\s*[\"']?)([^\\s\"',;}&]+)",
            "\\s*\\R\\s*",
            "^\uFFFD+|\uFFFD+$",
            "exceeded quota: .*requested: (.*), used: (.*), limited: (.*)",
            "(a+)+b")) {
      assertThat(slow(backtracking, java.util.regex.Pattern.compile(backtracking)))
          .as(backtracking)
          .isNotEmpty();
    }
  }

  /** The texts for which this pattern takes more than linear time. */
  private static List<String> slow(String name, Object pattern) {
    List<String> slow = new ArrayList<>();
    List<String> pieces = pieces(pattern.toString());
    String all = String.join("", pieces.stream().filter(piece -> piece.length() > 1).toList());
    boolean backtracks = pattern instanceof java.util.regex.Pattern;
    List<String> begins = backtracks ? List.of("", "a=x", all) : List.of("", all);
    List<String> ends = backtracks ? List.of("x", "\n!") : List.of("x\n!");
    for (Consumer<CharSequence> use : uses(pattern)) {
      for (String begin : begins) {
        for (String middle : middles(pieces)) {
          for (String end : ends) {
            if (slow.isEmpty() && !Growth.isLinear(use, begin, middle, end, TIMES)) {
              slow.add("%s: '%s' + '%s' * n + '%s'".formatted(name, begin, middle, end));
            }
          }
        }
      }
    }
    return slow;
  }

  private static List<Consumer<CharSequence>> uses(Object pattern) {
    if (pattern instanceof com.google.re2j.Pattern linear) {
      // To match once is linear by itself: to find all may not be.
      return List.of(
          text -> {
            com.google.re2j.Matcher matcher = linear.matcher(text);
            while (matcher.find()) {}
          });
    }
    java.util.regex.Pattern backtracking = (java.util.regex.Pattern) pattern;
    return List.of(
        text -> {
          java.util.regex.Matcher matcher = backtracking.matcher(text);
          while (matcher.find()) {}
        },
        text -> backtracking.matcher(text).matches());
  }

  /** Each of these, and each two of them. */
  private static Set<String> middles(List<String> pieces) {
    Set<String> middles = new LinkedHashSet<>(pieces);
    for (String one : pieces) {
      for (String other : pieces) {
        middles.add(one + other);
      }
    }
    return middles;
  }

  /** Words and characters of the pattern itself, and one of each class that it may have. */
  private static List<String> pieces(String pattern) {
    Set<String> pieces = new LinkedHashSet<>(List.of("a", "0", " ", "\"", "-", "{", "\n"));
    StringBuilder word = new StringBuilder();
    for (int i = 0; i <= pattern.length(); i++) {
      char c = i < pattern.length() ? pattern.charAt(i) : '(';
      if (c == '\\' && i + 1 < pattern.length() && Character.isLetter(pattern.charAt(i + 1))) {
        i++; // A class.
        c = '(';
      }
      if ("()|[]^$?*+".indexOf(c) < 0 && c != '\\') {
        word.append(c);
      } else if (!word.isEmpty() && c != '\\') {
        pieces.add(word.toString());
        word.setLength(0);
      }
    }
    pattern
        .chars()
        .filter(c -> !Character.isLetterOrDigit(c))
        .limit(8)
        .forEach(c -> pieces.add(Character.toString(c)));
    return List.copyOf(pieces);
  }

  /** All patterns, by the name of their field. */
  private static Map<String, Object> patterns() throws ReflectiveOperationException {
    Map<String, Object> patterns = new LinkedHashMap<>();
    for (JavaClass type : CLASSES) {
      for (JavaField field : type.getFields()) {
        if (isPattern(field.getRawType()) && !isPartOf(type, field)) {
          Field found = Class.forName(type.getName()).getDeclaredField(field.getName());
          found.setAccessible(true);
          patterns.put(field.getFullName(), found.get(null));
        }
      }
    }
    return patterns;
  }

  /** A record hands on what is a constant elsewhere. */
  private static boolean isPartOf(JavaClass type, JavaField field) {
    return type.isRecord()
        && field.getModifiers().stream().noneMatch(modifier -> modifier.name().equals("STATIC"));
  }

  private static boolean isPattern(JavaClass type) {
    return PATTERNS.contains(type.getName());
  }

  private static boolean isMade(JavaCall<?> call) {
    return !call.getOrigin().getName().equals("<clinit>")
        && (call.getName().equals("compile") || call.getName().equals("matches"));
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(PatternsTest::outermost).orElse(type);
  }

  private static void check(ArchRule rule) {
    assertThat(CLASSES).isNotEmpty();
    rule.check(CLASSES);
  }
}
