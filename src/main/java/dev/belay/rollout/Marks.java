package dev.belay.rollout;

import dev.belay.api.Progress;
import dev.belay.api.StartHistory;
import dev.belay.readiness.Advance;
import dev.belay.readiness.Advance.Mark;
import dev.belay.readiness.Current;
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

  /** How long pulls alone may hold the clock, of however many Pods one after the other. */
  private static final Duration PULLS = Duration.ofMinutes(30);

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
    boolean pulls = !advance.pulling().isEmpty() && !(object.readiness() instanceof Current);
    Instant pullingSince = moved.isPresent() || known == null ? null : known.pullingSince();
    if (pulls && pullingSince == null) {
      pullingSince = now;
    }
    // While an image is pulled the clock stands: what comes after that has its whole time.
    if (pulls
        && pullingSince != null
        && now.isBefore(pullingSince.plus(PULLS))
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
        firstExit(known, trouble, now),
        object.facts().touched() || (before != null && before.touched()),
        pullingSince,
        known == null ? null : known.held());
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

  /**
   * By which it is seen that it is still the same. What a registry that refuses has taken of its
   * time says nothing of one that does not know the image.
   */
  private static String name(Trouble trouble) {
    String sign = trouble.sign().getClass().getSimpleName();
    String of = trouble.sign() instanceof Trouble.Missing missing ? missing.object().display() : "";
    String name =
        "%s/%s/%s/%s".formatted(trouble.cause().reason(), trouble.cause().container(), sign, of);
    int end = name.length();
    while (end > 0 && name.charAt(end - 1) == '/') {
      end--;
    }
    return name.substring(0, end);
  }

  /** Clocks of nodes may be ahead: an exit that has been seen is not still to come. */
  private static @Nullable Instant firstExit(
      @Nullable Progress known, Optional<Trouble> trouble, Instant now) {
    Instant remembered = known == null ? null : known.firstExit();
    if (trouble.isEmpty() || !(trouble.get().sign() instanceof Trouble.Exits exits)) {
      return remembered;
    }
    Instant told = Rollout.earlier(exits.counts().firstBy(), now);
    return remembered == null || told.isBefore(remembered) ? told : remembered;
  }
}
