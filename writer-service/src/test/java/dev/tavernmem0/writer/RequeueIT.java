package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A provider that refused many turns, and was mended: they are written at an operator's word. */
class RequeueIT extends KafkaFixture {
  private static final Duration A_WHILE = Duration.ofMinutes(2);
  private static final int DEAD = 218;
  private static final int TURNS_EACH = 4;
  private static final int TURNS = DEAD * TURNS_EACH;
  private static final List<String> CHARACTERS = List.of("Aria", "Robin");

  private FaultyMem0Server mem0;

  @BeforeEach
  void startMem0() {
    mem0 = FaultyMem0Server.builder().extractor(Extractor.verbatim()).start();
  }

  @AfterEach
  void stopMem0() {
    mem0.close();
  }

  private Map<String, String> settings() {
    Map<String, String> settings = WriterUnderTest.quick(KAFKA, mem0.url());
    settings.put("mem0.write-timeout-ms", "20000");
    // A refused line has others beside it, by which the writer sees whose fault that is.
    settings.put("tavern.writer.batch.max-turns", "" + TURNS_EACH);
    settings.put("tavern.writer.retry.auth", "20ms");
    return settings;
  }

  /** Some of what users say has something in it that the provider refuses. */
  private void chats() {
    Instant start = Instant.parse("2025-01-01T00:00:00Z");
    List<ChatLog> chats =
        CHARACTERS.stream().map(name -> watcher.chat("default-user:of-" + name, name)).toList();
    for (int i = 0; i < DEAD; i++) {
      String character = CHARACTERS.get(i % CHARACTERS.size());
      ChatLog chat = chats.get(i % CHARACTERS.size()).at(start.plus(Duration.ofHours(i)));
      chat.user(character + " hears line " + i + ".");
      chat.reply(character + " says line " + i + ".");
      chat.user(character + " asks " + i + ".");
      chat.reply(character + " answers " + i + ".");
    }
    watcher.flush();
  }

  /** Waits until nothing waits any more and so many turns are given up. */
  private static void awaitStatus(WriterUnderTest writer, int dead) {
    await(dead + " dead turns, and nothing that waits")
        .atMost(A_WHILE)
        .pollInterval(Duration.ofMillis(300))
        .until(() -> writer.status().deadTurns() == dead && writer.status().pendingTurns() == 0);
    awaitRest(writer);
  }

  @Test
  void all_dead_turns_are_written_once_when_the_provider_is_mended() {
    mem0.on(Calls.add().and(Calls.bodyContaining("hears line"))).always(Fault.status(400));
    chats();
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitStatus(writer, DEAD);
      assertThat(turnsByFate())
          .containsEntry(Fate.DEAD, (long) DEAD)
          .containsEntry(Fate.WRITTEN, (long) TURNS - DEAD);
      mem0.heal();
      Api api = new Api(writer);

      JsonNode requeued = api.call("POST", "/v1/requeues?fate=dead", 202);

      assertThat(requeued.path("turns").asInt()).isEqualTo(DEAD);
      awaitStatus(writer, 0);
      awaitTurns(Fate.WRITTEN, TURNS);
      assertThat(mem0.memories())
          .extracting(StoredMemory::text)
          .hasSize(TURNS)
          .doesNotHaveDuplicates();
      assertThat(api.get("/v1/dead-letters")).isEmpty();

      int calls = mem0.calls().size();
      JsonNode again = api.call("POST", "/v1/requeues?fate=dead", 202);

      assertThat(again.path("turns").asInt()).isZero();
      awaitRest(writer);
      assertThat(mem0.calls()).as("the second time nothing is done").hasSize(calls);
    }
  }
}
