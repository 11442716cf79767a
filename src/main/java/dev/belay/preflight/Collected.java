package dev.belay.preflight;

import dev.belay.cluster.Deadline;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Accepted;
import dev.belay.preflight.Outcome.Comes;
import dev.belay.preflight.Outcome.Depends;
import dev.belay.preflight.Outcome.Refused;
import dev.belay.preflight.Outcome.Unknown;
import dev.belay.preflight.ReleaseDryRun.Asked;
import dev.belay.preflight.ReleaseDryRun.Problem;
import dev.belay.preflight.ReleaseDryRun.Result;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What is known of a release at the deadline, in the words that a person reads. */
final class Collected {

  private final List<Problem> refusals = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Set<String> accepted = new HashSet<>();
  private final List<String> unanswered = new ArrayList<>();
  private final List<KubeObject> created = new ArrayList<>();
  private final List<String> needing = new ArrayList<>();
  private final Set<String> needed = new LinkedHashSet<>();
  private boolean unknown;

  /** Waits for these answers; those that have not come at the deadline are given up. */
  Collected collect(List<Asked> all, Deadline deadline) {
    for (Asked asked : all) {
      try {
        asked.answer().get(deadline.left().toMillis(), TimeUnit.MILLISECONDS).forEach(this::tell);
      } catch (TimeoutException e) {
        asked.answer().cancel(true);
        unanswered.add(asked.name());
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        tell(new Said(asked.name(), "", new Unknown(String.valueOf(cause.getMessage()))));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        unanswered.add(asked.name());
      }
    }
    if (!unanswered.isEmpty()) {
      warnings.addFirst(
          "Belay had no time to check %d of %d objects: %s"
              .formatted(unanswered.size(), all.size(), Names.list(unanswered)));
    }
    return this;
  }

  private void tell(Said said) {
    String told = said.name() + ": " + said.of();
    switch (said.outcome()) {
      case Accepted stored -> {
        if (said.of().isEmpty()) {
          accepted.add(said.name());
        }
        if (stored.created()) {
          created.add(stored.stored());
        }
      }
      case Depends depends -> warnings.add(told + depends.message());
      case Refused refused ->
          refusals.add(new Problem(said.name(), refused.field(), told + refused.message()));
      case Comes comes -> {
        needing.add(said.name());
        needed.add(comes.why());
      }
      case Unknown why -> {
        unknown = true;
        String what = said.of().isEmpty() ? "it would be applied" : "its Pods would be let in";
        // The reason first: what the API server says may be too long for a warning.
        String since = why.since().isEmpty() ? "" : ", since this release " + why.since();
        warnings.add(
            "%s: Belay can't tell whether %s%s: %s".formatted(said.name(), what, since, why.why()));
      }
    }
  }

  /** The objects that would be created. */
  List<KubeObject> created() {
    return created;
  }

  /** Adds what only shows when all objects are looked at together. */
  void add(List<Problem> together) {
    refusals.addAll(together);
  }

  /** Adds what a person should know. */
  void warn(String warning) {
    warnings.add(warning);
  }

  /** The result. */
  Result result() {
    if (!needing.isEmpty()) {
      warnings.add(
          "Belay did not check what needs %s of this release: %s"
              .formatted(Names.list(List.copyOf(needed), 2), Names.list(needing)));
    }
    return new Result(
        refusals, warnings, accepted, !unknown && unanswered.isEmpty() && needing.isEmpty());
  }
}
