package dev.tavernmem0.writer.mem0;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.mem0.ApiVersion;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Mem0ClientOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class Mem0CallsTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Mem0Client mem0 =
      new Mem0Client(
          new Mem0ClientOptions(
              URI.create("http://127.0.0.1:9"),
              null,
              ApiVersion.V2,
              Duration.ofSeconds(1),
              Duration.ofSeconds(1),
              1));
  private final Mem0Calls calls = new Mem0Calls(mem0, 1, meters);

  @AfterEach
  void close() {
    calls.close();
    mem0.close();
  }

  private int running() {
    return meters.get("tavern.writer.mem0.calls.running").longTaskTimer().activeTasks();
  }

  @Test
  void a_call_shows_for_as_long_as_mem0_does_not_answer() {
    assertThat(calls.measured("add", this::running)).isEqualTo(1);
    assertThat(running()).isZero();
  }

  @Test
  void a_call_that_fails_shows_no_longer() {
    assertThatThrownBy(
            () ->
                calls.measured(
                    "add",
                    () -> {
                      throw new IllegalStateException("failed");
                    }))
        .hasMessage("failed");

    assertThat(running()).isZero();
  }
}
