package dev.belay.watcher;

import dev.belay.cluster.Asked;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;

/** Asks about the objects of one release side by side: each answer is mostly waited for. */
final class AtOnce {

  /** Requests under way at once for one release. */
  private static final int PARALLEL = 8;

  private AtOnce() {}

  /**
   * The answers, in the order of what is asked about. Ends when all are there; what failed first,
   * in that order, is thrown.
   */
  static <A, B> List<B> map(List<A> about, Function<A, B> question) {
    if (about.size() < 2) {
      return about.stream().map(question).toList();
    }
    Semaphore slots = new Semaphore(PARALLEL);
    List<Future<B>> asked = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (A one : about) {
        asked.add(
            threads.submit(
                () -> {
                  slots.acquire();
                  try {
                    return question.apply(one);
                  } finally {
                    slots.release();
                  }
                }));
      }
    }
    List<B> answers = new ArrayList<>();
    for (Future<B> answer : asked) {
      answers.add(Asked.answerOf(answer));
    }
    return answers;
  }

  /** Does this with each of them; what failed first, in their order, is thrown at the end. */
  static <A> void each(List<A> about, Consumer<A> work) {
    List<Boolean> unused =
        map(
            about,
            one -> {
              work.accept(one);
              return true;
            });
  }
}
