package dev.belay.rollout;

import dev.belay.api.Progress;
import dev.belay.api.StartHistory;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Advance;
import dev.belay.readiness.Advance.Mark;
import dev.belay.readiness.Current;
import dev.belay.readiness.ExitCounts;
import dev.belay.readiness.InProgress;
import dev.belay.readiness.Trouble;
import dev.belay.rollout.Observation.Assessed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of an object during a change: the highest marks, and since when something is
 * wrong. What falls back and rises again to where it was is no progress.
 */
final class Marks {

  /**
   * Templates that begin anew within one change: who writes another one each second gets no more.
   */
  private static final int MAX_TEMPLATES = 10;

  /** What is remembered of the conditions of one custom resource. */
  private static final int MAX_SET = 50;

  /** How often it is written down that an image is still being pulled. */
  private static final Duration PULLING = Duration.ofSeconds(10);

  private Marks() {}

  /** What is known of this object now, beside what was remembered of it. */
  static Progress merged(@Nullable Progress before, Assessed object, Instant now) {
    Advance advance = object.facts().advance();
    String key = object.key().toString();
    boolean anew =
        before != null
            && !before.template().equals(advance.template())
            && !advance.template().isEmpty()
            && before.templates() < MAX_TEMPLATES;
    Progress known = before == null || anew ? null : before;
    int templates = (before == null ? 0 : before.templates()) + (anew ? 1 : 0);
    Optional<Mark> moved = moved(known == null ? List.of() : known.marks(), advance);
    Optional<Trouble> trouble =
        object.readiness() instanceof InProgress inProgress ? inProgress.wrong() : Optional.empty();
    String name = trouble.map(Marks::name).orElse("");
    Instant since =
        name.isEmpty()
            ? null
            : known != null && known.trouble().equals(name) ? known.troubleSince() : now;
    Instant at = before == null ? null : before.at();
    String words = before == null ? "" : before.moved();
    if (moved.isPresent()) {
      // What is seen for the first time has come about when it says, before anybody looked.
      at = before == null ? told(advance, now) : now;
      words = moved.get().words();
    }
    // While an image is pulled the clock stands: what comes after that has its whole time.
    if (!advance.pulling().isEmpty()
        && !(object.readiness() instanceof Current)
        && (at == null || !now.isBefore(at.plus(PULLING)))) {
      at = now;
      words = "Pod %s pulls its image".formatted(advance.pulling());
    }
    return new Progress(
        new StartHistory(key, advance.start().exits(), advance.start().seconds()),
        advance.template(),
        templates,
        highest(known == null ? List.of() : known.marks(), advance),
        at,
        words,
        name,
        since,
        firstExit(known, trouble));
  }

  /** The step that has been reached as never before: of several the newest that has a time. */
  private static Optional<Mark> moved(List<Integer> before, Advance advance) {
    List<Mark> marks = advance.marks();
    return IntStream.range(0, marks.size())
        .filter(
            i ->
                advance.set()
                    ? !before.contains(marks.get(i).value()) && before.size() < MAX_SET
                    : marks.get(i).value() > (i < before.size() ? before.get(i) : 0))
        .mapToObj(marks::get)
        .max(Comparator.comparing(Mark::at));
  }

  private static List<Integer> highest(List<Integer> before, Advance advance) {
    List<Integer> highest = new ArrayList<>(before);
    for (int i = 0; i < advance.marks().size(); i++) {
      int value = advance.marks().get(i).value();
      if (advance.set()) {
        if (!highest.contains(value) && highest.size() < MAX_SET) {
          highest.add(value);
        }
      } else if (i < highest.size()) {
        highest.set(i, Math.max(highest.get(i), value));
      } else {
        highest.add(value);
      }
    }
    return highest;
  }

  private static @Nullable Instant told(Advance advance, Instant now) {
    Instant newest =
        advance.marks().stream().map(Mark::at).max(Comparator.naturalOrder()).orElse(Instant.EPOCH);
    return newest.equals(Instant.EPOCH) ? null : Rollout.earlier(newest, now);
  }

  /** By which it is seen that it is still the same. */
  private static String name(Trouble trouble) {
    return trouble.cause().container().isEmpty()
        ? trouble.cause().reason()
        : trouble.cause().reason() + "/" + trouble.cause().container();
  }

  private static @Nullable Instant firstExit(@Nullable Progress known, Optional<Trouble> trouble) {
    Instant remembered = known == null ? null : known.firstExit();
    if (trouble.isEmpty() || !(trouble.get().sign() instanceof Trouble.Exits exits)) {
      return remembered;
    }
    ExitCounts counts = exits.counts();
    return remembered == null || counts.firstBy().isBefore(remembered)
        ? counts.firstBy()
        : remembered;
  }

  /** What is remembered of this object; null where nothing is. */
  static @Nullable Progress of(ObjectKey key, List<Progress> all) {
    String object = key.toString();
    return all.stream()
        .filter(each -> each.start().object().equals(object))
        .findFirst()
        .orElse(null);
  }
}
