package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Ten thousand turns that were there before. */
class BacklogIT extends WriterFixture {
  private static final int CHATS = 5;
  private static final int TURNS = 2_000;

  /** More than the writer's heap can hold next to itself, all of them together. */
  private static final String LONG = "The rain fell on the old town. ".repeat(150);

  @Test
  void a_large_backlog_is_written_in_full_batches_with_little_memory() {
    mem0.close();
    AtomicInteger facts = new AtomicInteger();
    mem0 =
        FaultyMem0Server.builder()
            .extractor((messages, prompt) -> List.of("Fact " + facts.incrementAndGet()))
            .start();
    for (int c = 0; c < CHATS; c++) {
      ChatLog chat =
          watcher
              .chat("default-user:" + c, "Character " + c)
              .at(Instant.parse("2024-01-01T00:00:00Z"));
      for (int i = 0; i < TURNS; i++) {
        chat.snapshot(i % 2 == 0 ? Role.USER : Role.ASSISTANT, LONG + i);
      }
    }
    watcher.flush();
    var settings = settings();
    settings.put("tavern.writer.batch.max-tokens", "1000000");

    try (WriterProcess writer = WriterProcess.start(settings)) {
      await()
          .atMost(Duration.ofMinutes(3))
          .pollInterval(Duration.ofMillis(500))
          .until(() -> mem0.memories().size() >= CHATS * TURNS / 20 || !writer.isAlive());
      awaitTurns(Fate.WRITTEN, CHATS * TURNS);
    }

    assertThat(mem0.calls(Calls.add())).hasSize(CHATS * TURNS / 20);
    assertThat(mem0.peakConcurrency(Calls.add())).isLessThanOrEqualTo(4);
  }
}
