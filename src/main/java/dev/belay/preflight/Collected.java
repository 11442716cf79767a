package dev.belay.preflight;

import dev.belay.cluster.Deadline;
import dev.belay.preflight.Outcome.Accepted;
import dev.belay.preflight.Outcome.Depends;
import dev.belay.preflight.Outcome.Refused;
import dev.belay.preflight.Outcome.Unknown;
import dev.belay.preflight.ReleaseDryRun.Answer;
import dev.belay.preflight.ReleaseDryRun.Problem;
import dev.belay.preflight.ReleaseDryRun.Result;
import dev.belay.preflight.ReleaseDryRun.Said;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What is known of a release at the deadline, in the words that a person reads. */
final class Collected {

  /** Names that are told in one line; the rest are counted. */
  private static final int NAMES = 5;

  private final List<Problem> refusals = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> unanswered = new ArrayList<>();
  private boolean unknown;

  /** Waits for these answers; those that have not come at the deadline are given up. */
  Collected collect(List<Answer> answers, Deadline deadline) {
    for (Answer answer : answers) {
      try {
        answer
            .said()
            .get(deadline.left().toMillis(), TimeUnit.MILLISECONDS)
            .forEach(said -> tell(answer.name(), said));
      } catch (TimeoutException e) {
        answer.said().cancel(true);
        unanswered.add(answer.name());
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        tell(answer.name(), new Said("", new Unknown(String.valueOf(cause.getMessage()))));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        unanswered.add(answer.name());
      }
    }
    if (!unanswered.isEmpty()) {
      warnings.addFirst(
          "Belay had no time to check %d of %d objects: %s"
              .formatted(unanswered.size(), answers.size(), list(unanswered)));
    }
    return this;
  }

  private void tell(String name, Said said) {
    String what = name + ": " + said.of();
    switch (said.outcome()) {
      case Accepted accepted -> {}
      case Depends depends -> warnings.add(what + depends.message());
      case Refused refused -> refusals.add(new Problem(refused.field(), what + refused.message()));
      case Unknown why -> {
        unknown = true;
        warnings.add(name + ": Belay could not ask the API server about it: " + why.why());
      }
    }
  }

  /**
   * The result.
   *
   * @param skipped names of what could not be asked about before the release is applied
   */
  Result result(List<String> skipped) {
    if (!skipped.isEmpty()) {
      warnings.add(
          "Belay did not check what needs a kind or a namespace that comes with the release: "
              + list(skipped));
    }
    return new Result(refusals, warnings, !unknown && unanswered.isEmpty() && skipped.isEmpty());
  }

  private static String list(List<String> names) {
    int more = names.size() - NAMES;
    String first = String.join(", ", names.subList(0, Math.min(names.size(), NAMES)));
    return more > 0 ? "%s and %d more".formatted(first, more) : first;
  }
}
