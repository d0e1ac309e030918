package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.Mem0Call;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is said now waits for no more than the call that is under way in its scope. */
class LiveFirstIT extends WriterFixture {
  private static final int OLD_BATCHES = 2;
  private static final int OLD_TURNS = OLD_BATCHES * 20;

  private void oldChatOf(String character) {
    ChatLog chat =
        watcher
            .chat("default-user:old-" + character, character)
            .at(Instant.parse("2024-01-01T00:00:00Z"));
    for (int i = 0; i < OLD_TURNS; i++) {
      chat.snapshot(i % 2 == 0 ? Role.USER : Role.ASSISTANT, "Old words of " + character + " " + i);
    }
  }

  /** A writer that has begun with the backlog of two characters; mem0 takes one call at a time. */
  private WriterUnderTest writerAtWork() {
    mem0.on(Calls.add()).times(2, Fault.delay(Duration.ofMillis(1500)));
    oldChatOf("Seraphina");
    oldChatOf("Aria");
    watcher.flush();
    var settings = settings();
    settings.put("mem0.max-concurrency", "1");
    settings.put("mem0.write-timeout-ms", "20000");
    settings.put("tavern.writer.batch.settle", "0ms");
    settings.put("tavern.writer.batch.linger", "0ms");
    return WriterUnderTest.start(settings);
  }

  private List<String> adds() {
    return mem0.calls(Calls.add()).stream().map(Mem0Call::text).toList();
  }

  private String underWay() {
    await().atMost(SOON).until(() -> !adds().isEmpty());
    return adds().get(0).contains("Old words of Aria") ? "Aria" : "Seraphina";
  }

  private void say(String character, String words) {
    watcher.chat("default-user:new-" + character, character).user(words);
    watcher.flush();
    await().atMost(SOON).until(() -> adds().stream().anyMatch(add -> add.contains(words)));
  }

  private int place(String words) {
    List<String> adds = adds();
    return IntStream.range(0, adds.size())
        .filter(i -> adds.get(i).contains(words))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void the_next_call_is_for_the_scope_whose_call_is_under_way() {
    try (WriterUnderTest writer = writerAtWork()) {
      String character = underWay();

      say(character, "I moved to Brno.");

      assertThat(place("I moved to Brno.")).isEqualTo(1);
      awaitTurns(Fate.WRITTEN, 2 * OLD_TURNS + 1);
      awaitRest(writer);
    }
    assertThat(adds().size()).as("calls, one for each batch").isEqualTo(2 * OLD_BATCHES + 1);
  }

  @Test
  void a_batch_of_the_backlog_that_waits_for_its_call_makes_way_and_is_written_later() {
    try (WriterUnderTest writer = writerAtWork()) {
      String waiting = underWay().equals("Aria") ? "Seraphina" : "Aria";
      await().atMost(SOON).until(() -> writer.status().inFlight() == 2);

      say(waiting, "I moved to Brno.");

      assertThat(place("I moved to Brno.")).isEqualTo(1);
      awaitTurns(Fate.WRITTEN, 2 * OLD_TURNS + 1);
      awaitRest(writer);
    }
    assertThat(adds().size()).as("calls, one for each batch").isEqualTo(2 * OLD_BATCHES + 1);
  }

  @Test
  void a_restart_loses_nothing_of_what_made_way() {
    String waiting;
    try (WriterUnderTest writer = writerAtWork()) {
      waiting = underWay().equals("Aria") ? "Seraphina" : "Aria";
      await().atMost(SOON).until(() -> writer.status().inFlight() == 2);
      say(waiting, "I moved to Brno.");
    }

    mem0.heal();
    try (WriterUnderTest writer = startWriter()) {
      awaitTurns(Fate.WRITTEN, 2 * OLD_TURNS + 1);
      awaitRest(writer);
    }
    assertThat(adds().size()).as("calls, one for each batch").isEqualTo(2 * OLD_BATCHES + 1);
  }
}
