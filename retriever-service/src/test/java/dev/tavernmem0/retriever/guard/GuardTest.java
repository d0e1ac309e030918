package dev.tavernmem0.retriever.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuardTest {
  private static final Deadline AMPLE = Deadline.after(Duration.ofMinutes(1));

  private final Guard guard =
      new Guard(
          "service",
          new GuardOptions(1, 1, 10, 10, 50, Duration.ofSeconds(10)),
          UncheckedIOException.class::isInstance);
  private final AtomicInteger attempts = new AtomicInteger();

  @AfterEach
  void close() {
    guard.close();
  }

  @Test
  void a_transient_failure_is_tried_again_as_often_as_allowed() {
    var result = guard.submit(() -> failTimes(2), 2, AMPLE);

    assertThat(result.join()).isEqualTo("done");
    assertThat(attempts).hasValue(3);
  }

  @Test
  void one_retry_too_few_fails() {
    assertThatThrownBy(() -> guard.submit(() -> failTimes(2), 1, AMPLE).join())
        .hasRootCauseInstanceOf(IOException.class);
    assertThat(attempts).hasValue(2);
  }

  @Test
  void other_failures_are_not_tried_again() {
    assertThatThrownBy(
            () ->
                guard
                    .submit(
                        () -> {
                          attempts.incrementAndGet();
                          throw new IllegalArgumentException("refused");
                        },
                        5,
                        AMPLE)
                    .join())
        .hasCauseInstanceOf(IllegalArgumentException.class);
    assertThat(attempts).hasValue(1);
  }

  @Test
  void a_call_that_waited_too_long_is_not_made() throws Exception {
    CountDownLatch hold = new CountDownLatch(1);
    var running = guard.submit(() -> waitFor(hold), 0, AMPLE);
    var late = guard.submit(() -> failTimes(0), 0, Deadline.after(Duration.ZERO));

    hold.countDown();

    assertThat(running.get()).isEqualTo("done");
    assertThatThrownBy(late::join).hasCauseInstanceOf(Guard.ExpiredException.class);
    assertThat(attempts).hasValue(0);
  }

  private String failTimes(int times) {
    if (attempts.incrementAndGet() <= times) {
      throw new UncheckedIOException(new IOException("reset"));
    }
    return "done";
  }

  private static String waitFor(CountDownLatch hold) {
    try {
      hold.await();
      return "done";
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
