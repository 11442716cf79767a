package dev.belay.rollout;

import dev.belay.api.Progress;
import dev.belay.api.StartHistory;
import dev.belay.readiness.ExitCounts;
import dev.belay.readiness.Trouble;
import dev.belay.rollout.FailureRule.When;
import dev.belay.rollout.Observation.Assessed;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Whether what one object shows is enough for a failure, if no other object of the change may still
 * help it.
 *
 * @param rule how much is enough
 * @param from when the clock begins that counts while nothing moves
 */
record Evidence(FailureRule rule, Instant from, Instant now) {

  /** A run that ended sooner after its start may count as an exit at the start. */
  private static final Duration AT_START = Duration.ofSeconds(30);

  /**
   * What it shows.
   *
   * @param known what is remembered of it
   * @param othersWell whether all other objects of the change are as they should be
   * @return the words for people; empty while it may well pass
   */
  Optional<String> of(Assessed object, Trouble trouble, Progress known, boolean othersWell) {
    Instant since = known.troubleSince() == null ? now : known.troubleSince();
    return switch (trouble.sign()) {
      case Trouble.Exits exits -> exits(object, exits, known, othersWell);
      case Trouble.ImageNotFound notFound -> {
        // An answer is seen a moment after it came, and may itself have taken its time.
        Instant told = since.minus(Certainty.SETTLES);
        Instant asked = notFound.since() == null ? since : Rollout.later(notFound.since(), told);
        yield after(asked, rule.imageNotFound(), "the registry has not known the image for %s");
      }
      case Trouble.Missing missing -> {
        if (object.facts().neverComes()) {
          yield Optional.of(
              "%s is of this release, and nobody else writes it"
                  .formatted(missing.object().display()));
        }
        yield object.facts().arrived()
            ? Optional.empty()
            : after(since, patience(), "missing for %s, and nothing in progress may make it");
      }
      case Trouble.Denied denied -> after(since, patience(), "refused for %s");
      case Trouble.NotStarted notStarted -> after(since, patience(), "tried again for %s");
      case Trouble.Overdue overdue -> {
        Instant moving = known.at() == null || known.at().isBefore(from) ? from : known.at();
        boolean pulls = !object.facts().advance().pulling().isEmpty();
        yield pulls || now.isBefore(moving.plus(object.facts().advance().allowed()))
            ? Optional.empty()
            : Optional.of("the deadline of its own controller has passed");
      }
      case Trouble.Certain certain -> Optional.of("");
      case Trouble.MayPass mayPass -> Optional.empty();
    };
  }

  /** What was given before evidence counted: time for what may come a moment later. */
  private Duration patience() {
    return rule.when() == When.RESTARTS ? rule.imageNotFound() : rule.patience();
  }

  private Optional<String> after(Instant since, Duration tolerated, String words) {
    return now.isBefore(since.plus(tolerated))
        ? Optional.empty()
        : Optional.of(words.formatted(Rollout.human(Duration.between(since, now))));
  }

  private Optional<String> exits(
      Assessed object, Trouble.Exits exits, Progress known, boolean othersWell) {
    ExitCounts counts = exits.counts();
    if (rule.when() == When.RESTARTS) {
      return counts.most() > rule.exits()
          ? Optional.of("restarted %d times".formatted(counts.most() - 1))
          : Optional.empty();
    }
    Instant first = known.firstExit() == null ? now : known.firstExit();
    int needed = normal(object, exits) + rule.exits() + 1;
    boolean patient =
        Math.max(counts.most(), counts.perPod()) >= needed
            && !now.isBefore(first.plus(rule.patience()));
    if (!patient && !(othersWell && isEarly(object, exits, first))) {
      return Optional.empty();
    }
    int times = patient ? Math.max(counts.most(), counts.perPod()) : counts.perPod();
    return Optional.of(words(object, exits, times, first));
  }

  /**
   * Whether a container fails for certain before anything is given the time to pass: it has started
   * well before, and does not now, on any Pod, though all else is as it should be.
   */
  private boolean isEarly(Assessed object, Trouble.Exits exits, Instant first) {
    ExitCounts counts = exits.counts();
    StartHistory before = object.facts().before();
    OptionalInt times = before == null ? OptionalInt.empty() : before.exits(exits.container());
    if (before == null || times.isEmpty() || exits.init() || rule.when() == When.RESTARTS) {
      return false;
    }
    int normal = times.getAsInt();
    Duration took = normal == 0 ? Duration.ZERO : Duration.ofSeconds(before.seconds());
    Duration least = took.compareTo(rule.minimum()) > 0 ? took : rule.minimum();
    return counts.perPod() >= normal + rule.exits()
        && counts.exited() == counts.started()
        && counts.errors()
        && counts.longest().compareTo(AT_START) <= 0
        && counts.othersWell()
        && !counts.older()
        && object.facts().missing().isEmpty()
        && !now.isBefore(first.plus(least));
  }

  private static int normal(Assessed object, Trouble.Exits exits) {
    StartHistory before = object.facts().before();
    return before == null ? 0 : before.exits(exits.container()).orElse(0);
  }

  private String words(Assessed object, Trouble.Exits exits, int times, Instant first) {
    ExitCounts counts = exits.counts();
    String now =
        "exited %d times within %s on %d of %d new Pods"
            .formatted(
                times,
                Rollout.human(Duration.between(first, this.now)),
                counts.exited(),
                Math.max(counts.started(), counts.exited()));
    StartHistory before = object.facts().before();
    OptionalInt known = before == null ? OptionalInt.empty() : before.exits(exits.container());
    return known.isEmpty()
        ? now + "; no earlier start of it is known"
        : now + "; at the last verified start: %d times".formatted(known.getAsInt());
  }
}
