package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cluster.ClusterException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class WorkersTest {

  private final BlockingQueue<String> done = new LinkedBlockingQueue<>();
  private List<Thread> threads = List.of();

  @AfterEach
  void stop() {
    threads.forEach(Thread::interrupt);
  }

  private Workers<String> workers(int number, Workers.Job<String> job) {
    Workers<String> workers = new Workers<>("test", number, job);
    threads = workers.start();
    return workers;
  }

  private String next() throws InterruptedException {
    String key = done.poll(10, TimeUnit.SECONDS);
    return key == null ? "nothing" : key;
  }

  @Test
  void a_slow_key_holds_up_no_other_one() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Workers<String> workers =
        workers(
            2,
            key -> {
              if (key.equals("slow")) {
                await(never);
              }
              done.add(key);
              return Optional.empty();
            });
    workers.add("slow", Duration.ZERO);
    for (String key : List.of("a", "b", "c")) {
      workers.add(key, Duration.ofMillis(1));
      assertThat(next()).isEqualTo(key);
    }
  }

  @Test
  void what_fails_is_tried_again_and_ends_no_thread() throws Exception {
    AtomicInteger times = new AtomicInteger();
    Workers<String> workers =
        workers(
            1,
            key -> {
              switch (times.incrementAndGet()) {
                case 1 -> throw new ClusterException("busy", 503);
                case 2 -> throw new ClusterException("conflict", 409);
                case 3 -> throw new IllegalStateException("a defect");
                case 4 -> throw new OutOfMemoryError("for a moment");
                default -> done.add(key);
              }
              return Optional.empty();
            });
    workers.add("web", Duration.ZERO);
    assertThat(next()).isEqualTo("web");
    assertThat(threads).allMatch(Thread::isAlive);
  }

  @Test
  void what_asks_to_be_due_again_is() throws Exception {
    AtomicInteger times = new AtomicInteger();
    Workers<String> workers =
        workers(
            1,
            key -> {
              done.add(key);
              return times.incrementAndGet() < 2
                  ? Optional.of(Duration.ofMillis(20))
                  : Optional.empty();
            });
    workers.add("web", Duration.ZERO);
    assertThat(next()).isEqualTo("web");
    assertThat(next()).isEqualTo("web");
    assertThat(done.poll(300, TimeUnit.MILLISECONDS)).isNull();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
