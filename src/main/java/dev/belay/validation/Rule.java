package dev.belay.validation;

import dev.belay.manifest.KubeObject;
import java.util.List;

/**
 * One rule. It denies only what can't work, and never what the API server accepts: what it can't
 * read, a field of the wrong type for example, it leaves to the dry run.
 *
 * @param id name in kebab case, as in messages and in {@code ReleasePolicy}
 * @param kinds what it checks, each as {@code group/Kind}; {@value #ANY_KIND} for all
 * @param ofRelease whether it needs to know the whole release: a rule about what an object refers
 *     to. It is not asked about an object that comes alone
 * @param severity what it does unless a policy says otherwise
 * @param says the mistake it finds, as a sentence
 * @param remedy what to do about it, as a sentence
 * @param source where upstream says the same
 * @param check finds the mistakes; pure
 */
public record Rule(
    String id,
    List<String> kinds,
    boolean ofRelease,
    Severity severity,
    String says,
    String remedy,
    String source,
    Check check) {

  /** In place of a kind: every kind. */
  public static final String ANY_KIND = "*/*";

  /** Finds what is wrong with one object. */
  @FunctionalInterface
  public interface Check {
    List<Violation> violations(KubeObject object, Scope scope);
  }

  public Rule {
    kinds = List.copyOf(kinds);
  }

  public static Draft of(String id) {
    return new Draft(id, List.of(), false, Severity.DENY, "", "", "");
  }

  /** Whether it checks objects of this kind, {@code group/Kind}. */
  boolean concerns(String groupKind) {
    return kinds.contains(groupKind) || kinds.contains(ANY_KIND);
  }

  /** The mistakes in this object, as findings of this severity. */
  public List<Finding> findings(KubeObject object, Scope scope, Severity asked) {
    return check.violations(object, scope).stream()
        .map(
            violation ->
                new Finding(
                    id,
                    asked,
                    object.key(),
                    violation.field(),
                    violation.value(),
                    violation.problem(),
                    remedy))
        .toList();
  }

  /** A rule that is being written down; {@link #check} completes it. */
  public record Draft(
      String id,
      List<String> kinds,
      boolean wholeRelease,
      Severity severity,
      String says,
      String remedy,
      String source) {

    /** The kinds to check, each as {@code group/Kind}. */
    public Draft kinds(String... groupKinds) {
      return new Draft(id, List.of(groupKinds), wholeRelease, severity, says, remedy, source);
    }

    /** Needs to know the whole release. */
    public Draft ofRelease() {
      return new Draft(id, kinds, true, severity, says, remedy, source);
    }

    public Draft denies(String mistake) {
      return new Draft(id, kinds, wholeRelease, Severity.DENY, mistake, remedy, source);
    }

    public Draft warns(String mistake) {
      return new Draft(id, kinds, wholeRelease, Severity.WARN, mistake, remedy, source);
    }

    public Draft remedy(String sentence) {
      return new Draft(id, kinds, wholeRelease, severity, says, sentence, source);
    }

    public Draft source(String upstream) {
      return new Draft(id, kinds, wholeRelease, severity, says, remedy, upstream);
    }

    public Rule check(Check check) {
      return new Rule(id, kinds, wholeRelease, severity, says, remedy, source, check);
    }
  }
}
