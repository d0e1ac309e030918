package dev.tavernmem0.service.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who asks for something long while it is done joins it. */
class SharedTaskTest {
  private final AtomicInteger runs = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile Instant now = Instant.parse("2026-11-01T10:00:00Z");
  private volatile boolean fails;
  private final SharedTask<Integer> task =
      new SharedTask<>("task", this::work, e -> "it " + e.getMessage(), () -> now);

  @AfterEach
  void close() {
    task.close();
  }

  private int work(TaskProgress progress) {
    int run = runs.incrementAndGet();
    progress.expect(5);
    progress.advance(2);
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("was stopped", e);
    }
    if (fails) {
      throw new IllegalStateException("broke");
    }
    return run;
  }

  private void awaitEnd() {
    // Beginning it again would tell too, but for what is asked here.
    await().atMost(Duration.ofSeconds(20)).until(() -> task.begin().state() != TaskState.RUNNING);
  }

  @Test
  void it_is_not_there_until_it_is_asked_for() {
    assertThat(task.status().state()).isEqualTo(TaskState.NONE);
    assertThat(runs).hasValue(0);
  }

  @Test
  void it_tells_how_far_it_is_and_is_done_once_for_all_who_ask_meanwhile() {
    task.begin();
    await().atMost(Duration.ofSeconds(20)).until(() -> task.status().done() == 2);

    SharedTask.Status<Integer> joined = task.begin();

    assertThat(joined.state()).isEqualTo(TaskState.RUNNING);
    assertThat(joined.total()).isEqualTo(5);
    end.countDown();
    awaitEnd();
    assertThat(task.status().result()).isEqualTo(1);
    assertThat(runs).hasValue(1);
  }

  @Test
  void a_result_that_nobody_has_seen_is_joined_for_a_while() {
    task.begin();
    end.countDown();
    awaitEnd();

    assertThat(task.begin().result()).isEqualTo(1);
    now = now.plus(Duration.ofSeconds(61));
    assertThat(task.begin().state()).isIn(TaskState.RUNNING, TaskState.COMPLETED);
    awaitEnd();
    assertThat(task.status().result()).isEqualTo(2);
  }

  @Test
  void a_result_that_was_seen_is_not_joined() {
    task.begin();
    end.countDown();
    awaitEnd();
    assertThat(task.status().result()).isEqualTo(1);

    task.begin();
    awaitEnd();

    assertThat(task.status().result()).isEqualTo(2);
  }

  @Test
  void a_failure_is_told_in_words_and_not_joined() {
    fails = true;
    task.begin();
    end.countDown();
    await().atMost(Duration.ofSeconds(20)).until(() -> task.status().state() == TaskState.FAILED);
    assertThat(task.status().failure()).isEqualTo("it broke");
    fails = false;

    task.begin();
    awaitEnd();

    assertThat(task.status().result()).isEqualTo(2);
  }

  @Test
  void it_ends_with_the_service() {
    task.begin();

    task.close();

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> "it was stopped".equals(task.status().failure()));
  }
}
