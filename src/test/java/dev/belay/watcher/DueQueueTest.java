package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class DueQueueTest {

  private static final ReleaseKey WEB = new ReleaseKey("shop", "web");
  private static final ReleaseKey API = new ReleaseKey("shop", "api");
  private static final Duration LONG = Duration.ofHours(1);

  private final DueQueue<ReleaseKey> queue = new DueQueue<>();

  @Test
  void hints_about_one_release_are_one() throws Exception {
    for (int i = 0; i < 100; i++) {
      queue.add(WEB, Duration.ZERO);
    }
    assertThat(queue.size()).isEqualTo(1);
    assertThat(queue.take()).isEqualTo(WEB);
    queue.done(WEB);
    assertThat(queue.size()).isZero();
  }

  @Test
  void a_release_is_due_at_the_earliest_of_its_times_in_whichever_order_they_come()
      throws Exception {
    queue.add(WEB, LONG);
    queue.add(WEB, Duration.ZERO);
    queue.add(WEB, LONG);
    assertThat(queue.take()).isEqualTo(WEB);
  }

  @Test
  void the_release_that_is_due_first_comes_first() throws Exception {
    queue.add(WEB, Duration.ofMillis(40));
    queue.add(API, Duration.ofMillis(20));
    assertThat(queue.take()).isEqualTo(API);
    assertThat(queue.take()).isEqualTo(WEB);
  }

  @Test
  void a_release_is_not_handed_out_before_it_is_due() throws Exception {
    long begun = System.nanoTime();
    queue.add(WEB, Duration.ofMillis(50));
    queue.take();
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isGreaterThanOrEqualTo(Duration.ofMillis(50));
  }

  @Test
  void a_time_that_has_passed_is_now() throws Exception {
    queue.add(WEB, Duration.ofHours(-1));
    assertThat(queue.take()).isEqualTo(WEB);
  }

  @Test
  void a_worker_that_waits_for_a_later_time_takes_a_release_that_is_due_now() throws Exception {
    queue.add(WEB, LONG);
    CompletableFuture<ReleaseKey> worker = worker();
    queue.add(API, Duration.ZERO);
    assertThat(worker.get(5, TimeUnit.SECONDS)).isEqualTo(API);
  }

  @Test
  void a_release_is_with_one_worker_at_a_time_and_comes_again_when_hinted_at_meanwhile()
      throws Exception {
    queue.add(WEB, Duration.ZERO);
    assertThat(queue.take()).isEqualTo(WEB);
    queue.add(WEB, Duration.ZERO);
    CompletableFuture<ReleaseKey> second = worker();
    assertThat(stillWaiting(second)).isTrue();
    queue.done(WEB);
    assertThat(second.get(5, TimeUnit.SECONDS)).isEqualTo(WEB);
  }

  @Test
  void others_are_handed_out_while_one_is_worked_on() throws Exception {
    queue.add(WEB, Duration.ZERO);
    queue.take();
    queue.add(WEB, Duration.ZERO);
    queue.add(API, Duration.ofMillis(1));
    assertThat(queue.take()).isEqualTo(API);
  }

  @Test
  void a_release_that_is_done_and_not_hinted_at_does_not_come_again() throws Exception {
    queue.add(WEB, Duration.ZERO);
    queue.take();
    queue.done(WEB);
    assertThat(stillWaiting(worker())).isTrue();
  }

  @Test
  void a_worker_that_waits_can_be_interrupted() throws Exception {
    Thread worker =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    queue.take();
                  } catch (InterruptedException e) {
                    queue.add(API, Duration.ZERO);
                  }
                });
    worker.interrupt();
    worker.join();
    assertThat(queue.take()).isEqualTo(API);
  }

  @Test
  void many_workers_never_share_a_release() throws Exception {
    var shared = new java.util.concurrent.atomic.AtomicInteger();
    var atWork = new java.util.concurrent.ConcurrentHashMap<ReleaseKey, Boolean>();
    var enough = new java.util.concurrent.CountDownLatch(2_000);
    var workers = new java.util.ArrayList<Thread>();
    queue.add(WEB, Duration.ZERO);
    queue.add(API, Duration.ZERO);
    for (int i = 0; i < 4; i++) {
      workers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (true) {
                        ReleaseKey key = queue.take();
                        if (atWork.put(key, true) != null) {
                          shared.incrementAndGet();
                        }
                        queue.add(key, Duration.ZERO);
                        Thread.yield();
                        atWork.remove(key);
                        queue.done(key);
                        enough.countDown();
                      }
                    } catch (InterruptedException e) {
                      return;
                    }
                  }));
    }
    assertThat(enough.await(9, TimeUnit.SECONDS)).isTrue();
    workers.forEach(Thread::interrupt);
    assertThat(shared).hasValue(0);
  }

  private CompletableFuture<ReleaseKey> worker() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return queue.take();
          } catch (InterruptedException e) {
            throw new CompletionException(e);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  /** Nothing tells that nothing happens, but a little time. */
  private static boolean stillWaiting(CompletableFuture<ReleaseKey> worker) throws Exception {
    try {
      worker.get(50, TimeUnit.MILLISECONDS);
      return false;
    } catch (TimeoutException e) {
      return true;
    }
  }
}
