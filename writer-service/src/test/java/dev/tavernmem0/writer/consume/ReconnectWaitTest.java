package dev.tavernmem0.writer.consume;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class ReconnectWaitTest {
  private static final Duration SHORT = Duration.ofSeconds(1);

  private final ReconnectWait wait = new ReconnectWait(Duration.ofSeconds(5));

  @Test
  void while_kafka_is_away_the_wait_stays_the_same() {
    assertThat(waits(new KafkaException("away", new TimeoutException()), SHORT))
        .containsExactly(5L, 5L, 5L, 5L, 5L, 5L);
  }

  @Test
  void a_fault_is_given_longer_each_time_up_to_a_minute() {
    assertThat(waits(new StackOverflowError(), SHORT)).containsExactly(5L, 10L, 20L, 40L, 60L, 60L);
  }

  @Test
  void a_fault_in_a_task_is_a_fault() {
    assertThat(waits(new KafkaException("task", new IllegalStateException()), SHORT))
        .startsWith(5L, 10L);
  }

  @Test
  void a_fault_after_a_long_life_is_a_new_one() {
    for (int failures = 0; failures < 3; failures++) {
      assertThat(wait.after(new StackOverflowError(), SHORT)).isPositive();
    }

    assertThat(wait.after(new StackOverflowError(), Duration.ofMinutes(2)))
        .isEqualTo(Duration.ofSeconds(5));
  }

  private Stream<Long> waits(Throwable failure, Duration lived) {
    return Stream.generate(() -> wait.after(failure, lived).toSeconds()).limit(6);
  }
}
