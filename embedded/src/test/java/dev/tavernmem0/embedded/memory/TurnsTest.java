package dev.tavernmem0.embedded.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private final Turns turns = new Turns(1);

  @AfterEach
  void stop() {
    end.countDown();
    threads.shutdown();
  }

  private Future<String> beginLongWork() throws InterruptedException {
    Future<String> work = threads.submit(() -> turns.await("a", this::untilTheEnd));
    begun.await();
    return work;
  }

  private String untilTheEnd() {
    begun.countDown();
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "first";
  }

  @Test
  void work_of_the_same_name_waits_and_other_work_does_not() throws Exception {
    Future<String> first = beginLongWork();
    Future<String> second = threads.submit(() -> turns.await("a", () -> "second"));
    Awaitility.await().until(() -> turns.waiting() == 1);

    assertThat(turns.await("b", () -> "other")).isEqualTo("other");
    assertThat(second.isDone()).isFalse();
    end.countDown();

    assertThat(first.get()).isEqualTo("first");
    assertThat(second.get()).isEqualTo("second");
    assertThat(turns.waiting()).isZero();
  }

  @Test
  void more_than_so_many_do_not_wait_and_the_others_come_to_their_turn() throws Exception {
    Future<String> first = beginLongWork();
    Future<String> second = threads.submit(() -> turns.await("a", () -> "second"));
    Awaitility.await().until(() -> turns.waiting() == 1);

    assertThatThrownBy(() -> turns.await("a", () -> "third"))
        .isInstanceOf(TooManyWaitingException.class);
    end.countDown();

    assertThat(first.get()).isEqualTo("first");
    assertThat(second.get()).isEqualTo("second");
    assertThat(turns.await("a", () -> "fourth")).isEqualTo("fourth");
  }

  @Test
  void work_that_fails_leaves_its_turn_to_the_next() {
    assertThatThrownBy(
            () ->
                turns.await(
                    "a",
                    () -> {
                      throw new IllegalStateException("failed");
                    }))
        .hasMessage("failed");

    assertThat(turns.await("a", () -> "next")).isEqualTo("next");
  }
}
