package dev.tavernmem0.writer.mem0;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.mem0.Mem0Exception;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class Mem0GuardTest {
  private static final Duration BREAKER_WAIT = Duration.ofHours(1);
  private static final int WORK = 40;

  private final RecordingTimer timer = new RecordingTimer();
  private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
  private final Mem0Guard guard =
      new Mem0Guard(
          new GuardOptions(
              Duration.ofMillis(1),
              Duration.ofMillis(1),
              BREAKER_WAIT,
              Duration.ofHours(1),
              Duration.ofHours(1),
              0),
          breakers,
          RetryRegistry.ofDefaults());

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  @Test
  void work_refused_while_mem0_rests_does_not_come_back_in_step() {
    // given a mem0 that fails until the breaker opens
    guard.run(Runnable::run, timer, Mem0GuardTest::fails);
    await().until(() -> guard.blocked() == Mem0Guard.Blocked.UNAVAILABLE);
    await().until(() -> !timer.longWaits().isEmpty());

    // when other work is refused at the same moment
    for (int i = 0; i < WORK; i++) {
      guard.run(Runnable::run, timer, () -> "never called");
    }

    // then each waits about as long as mem0 rests, but not all the same time
    List<Long> waits = timer.longWaits();
    assertThat(waits)
        .hasSize(WORK + 1)
        .allSatisfy(
            wait ->
                assertThat(wait)
                    .isBetween(BREAKER_WAIT.toMillis() / 2, BREAKER_WAIT.toMillis() * 3 / 2));
    assertThat(Set.copyOf(waits)).hasSizeGreaterThan(WORK / 2);
  }

  @Test
  void whoever_is_told_that_mem0_is_down_is_told_why_also_when_something_succeeded_just_before() {
    List<String> reasons = new CopyOnWriteArrayList<>();
    breakers
        .circuitBreaker("mem0")
        .getEventPublisher()
        .onStateTransition(event -> reasons.add(String.valueOf(guard.lastError())));
    AtomicInteger attempts = new AtomicInteger();

    guard.run(
        Runnable::run,
        timer,
        () -> {
          if (attempts.incrementAndGet() == 4) {
            guard.run(Runnable::run, timer, () -> "fine");
          }
          return fails();
        });

    await().untilAsserted(() -> assertThat(reasons).containsExactly("out of memory"));
  }

  private static Object fails() {
    throw new Mem0Exception.Transient("out of memory", 500, null, null);
  }

  private static final class RecordingTimer extends ScheduledThreadPoolExecutor {
    private final List<Long> waits = new CopyOnWriteArrayList<>();

    RecordingTimer() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      waits.add(unit.toMillis(delay));
      return super.schedule(task, delay, unit);
    }

    List<Long> longWaits() {
      return waits.stream().filter(wait -> wait > 1000).toList();
    }
  }
}
