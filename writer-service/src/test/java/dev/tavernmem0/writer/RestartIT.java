package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A writer that dies or goes loses nothing and doubles nothing. */
class RestartIT extends WriterFixture {
  private static final Duration A_WHILE = Duration.ofSeconds(60);

  private Map<String, String> named() {
    Map<String, String> settings = settings();
    settings.put("tavern.writer.instance-id", "one");
    return settings;
  }

  @Test
  void killed_before_mem0_took_the_batch() {
    mem0.on(Calls.add()).once(Fault.neverAnswer());
    ChatLog chat = watcher.chat("default-user:one", "Seraphina");
    chat.user("I live in Prague.");
    chat.reply("Nice.");
    try (WriterProcess writer = WriterProcess.start(named())) {
      await().atMost(A_WHILE).until(() -> mem0.calls(Calls.add()).size() == 1);
      writer.kill();
    }
    assertThat(turnsByFate()).containsOnlyKeys(Fate.PENDING);

    try (WriterUnderTest writer = WriterUnderTest.start(named())) {
      awaitTurns(Fate.WRITTEN, 2);
      awaitRest(writer);
    }

    assertThat(memoriesOf("Prague")).isEqualTo(1);
    assertThat(memoriesOf("Nice.")).isEqualTo(1);
  }

  @Test
  void killed_while_mem0_was_at_it() {
    Map<String, String> settings = named();
    settings.put("mem0.write-timeout-ms", "30000");
    settings.put("tavern.writer.retry.reconcile-grace", "1s");
    settings.put("tavern.writer.infer", "false");
    mem0.on(Calls.add()).once(Fault.delay(Duration.ofSeconds(12)));
    watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");
    try (WriterProcess writer = WriterProcess.start(settings)) {
      await().atMost(A_WHILE).until(() -> mem0.calls(Calls.add()).size() == 1);
      writer.kill();
    }

    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
    }

    assertThat(memoriesOf("Prague")).isEqualTo(1);
    assertThat(mem0.calls(Calls.add())).hasSize(1);
  }

  @Test
  void killed_while_it_takes_memories_back_and_the_chat_says_again_what_it_said() {
    ChatLog chat = watcher.chat("default-user:one", "Seraphina");
    chat.user("I live in Prague.");
    chat.reply("Nice.");
    try (WriterUnderTest writer = WriterUnderTest.start(named())) {
      awaitTurns(Fate.WRITTEN, 2);
      awaitRest(writer);
    }
    chat.swipe(1, "Cold.");
    // The first memory goes; the second does not.
    mem0.on(Calls.delete()).once(Fault.delay(Duration.ZERO));
    mem0.on(Calls.delete()).always(Fault.upstreamError("vector_store_unavailable"));
    try (WriterProcess writer = WriterProcess.start(named())) {
      await().atMost(A_WHILE).until(() -> mem0.calls(Calls.delete()).size() >= 2);
      writer.kill();
    }
    assertThat(mem0.memories()).hasSize(1);
    mem0.heal();
    chat.swipe(1, "Nice.");
    chat.user("Where do you live?");

    try (WriterUnderTest writer = WriterUnderTest.start(named())) {
      awaitTurns(Fate.WRITTEN, 3);
      awaitRest(writer);
    }

    assertThat(memoriesOf("Prague")).isEqualTo(1);
    assertThat(memoriesOf("Nice.")).isEqualTo(1);
    assertThat(memoriesOf("Cold.")).isZero();
  }

  @Test
  void killed_again_and_again_while_many_chats_are_written() {
    int chats = 6;
    int exchanges = 8;
    Map<String, String> settings = named();
    settings.put("tavern.writer.batch.max-turns", "4");
    mem0.on(Calls.add()).always(Fault.delay(Duration.ofMillis(150)));
    for (int i = 0; i < exchanges; i++) {
      for (int c = 0; c < chats; c++) {
        ChatLog chat = chatOf(c);
        chat.user("Chat " + c + " says line " + i + ".");
        chat.reply("Reply " + i + " to chat " + c + ".");
      }
    }
    watcher.flush();

    for (int kill = 1; kill <= 3; kill++) {
      int calls = kill * 5;
      try (WriterProcess writer = WriterProcess.start(settings)) {
        await().atMost(A_WHILE).until(() -> mem0.calls(Calls.add()).size() >= calls);
        writer.kill();
      }
    }
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      awaitTurns(Fate.WRITTEN, 2L * chats * exchanges);
      awaitRest(writer);
    }

    assertThat(mem0.memories()).hasSize(2 * chats * exchanges);
    for (int i = 0; i < exchanges; i++) {
      for (int c = 0; c < chats; c++) {
        assertThat(memoriesOf("Chat " + c + " says line " + i + ".")).isEqualTo(1);
        assertThat(memoriesOf("Reply " + i + " to chat " + c + ".")).isEqualTo(1);
      }
    }
  }

  private final Map<Integer, ChatLog> chats = new HashMap<>();

  private ChatLog chatOf(int number) {
    return chats.computeIfAbsent(
        number, n -> watcher.chat("default-user:chat-" + n, "Character " + n));
  }

  @Test
  void a_change_made_while_the_writer_was_away_is_followed() {
    ChatLog chat = watcher.chat("default-user:one", "Seraphina");
    chat.user("I live in Prague.");
    chat.reply("Nice.");
    try (WriterUnderTest writer = startWriter()) {
      awaitTurns(Fate.WRITTEN, 2);
      awaitRest(writer);
    }
    chat.edit(0, "I live in Brno.");
    chat.user("And I have a cat.");

    try (WriterUnderTest writer = startWriter()) {
      await().atMost(SOON).until(() -> memoriesOf("cat") == 1 && memoriesOf("Brno") == 1);
      awaitRest(writer);
    }

    assertThat(memoriesOf("Prague")).isZero();
    assertThat(memoriesOf("Nice.")).isEqualTo(1);
  }

  @Test
  void turns_that_wait_at_the_stop_are_written_after_the_start() {
    Map<String, String> settings = settings();
    settings.put("tavern.writer.batch.settle", "1h");
    settings.put("tavern.writer.batch.max-age", "2h");
    ChatLog chat = watcher.chat("default-user:one", "Seraphina");
    chat.user("I live in Prague.");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      await().atMost(SOON).until(() -> writer.status().pendingTurns() == 1);
    }
    assertThat(mem0.calls()).isEmpty();

    try (WriterUnderTest writer = startWriter()) {
      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
    }
    assertThat(memoriesOf("Prague")).isEqualTo(1);
  }

  @Test
  void a_stop_begins_no_call_and_what_was_not_posted_is_not_looked_for_at_the_start() {
    int chats = 6;
    Map<String, String> settings = settings();
    settings.put("mem0.max-concurrency", "2");
    settings.put("mem0.write-timeout-ms", "30000");
    settings.put("tavern.writer.shutdown-timeout", "20s");
    mem0.on(Calls.add()).always(Fault.delay(Duration.ofSeconds(2)));
    for (int c = 0; c < chats; c++) {
      chatOf(c).user("I am chat " + c + ".");
    }
    watcher.flush();
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      // Two are being posted, and others are ready to be the next.
      await()
          .atMost(SOON)
          .until(
              () ->
                  mem0.calls(Calls.add()).size() == 2
                      && turnsByFate().getOrDefault(Fate.PENDING, 0L) >= 4);
    }
    assertThat(mem0.calls(Calls.add())).hasSize(2);
    assertThat(turnsByFate()).containsEntry(Fate.WRITTEN, 2L);

    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      awaitTurns(Fate.WRITTEN, chats);
      awaitRest(writer);
    }

    assertThat(mem0.calls(Calls.add())).hasSize(chats);
    assertThat(mem0.calls(Calls.search())).isEmpty();
  }

  @Test
  void a_stop_does_not_wait_for_a_call_that_may_take_minutes() {
    Map<String, String> settings = settings();
    settings.remove("mem0.write-timeout-ms");
    settings.put("tavern.writer.shutdown-timeout", "2s");
    mem0.on(Calls.add()).once(Fault.neverAnswer());
    chatOf(1).user("I live in Prague.");
    watcher.flush();
    long stopped;
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      await().atMost(SOON).until(() -> mem0.calls(Calls.add()).size() == 1);
      stopped = System.nanoTime();
    }

    assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(Duration.ofSeconds(30));
    assertThat(turnsByFate()).containsOnlyKeys(Fate.PENDING);
    await()
        .atMost(SOON)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .noneMatch(name -> name.startsWith("writer-mem0-")));
  }

  @Test
  void a_writer_that_was_frozen_while_another_took_over_writes_nothing_when_it_thaws() {
    int chats = 20;
    Map<String, String> settings = settings();
    settings.put("mem0.max-concurrency", "1");
    settings.put("mem0.write-timeout-ms", "3000");
    mem0.on(Calls.add()).always(Fault.delay(Duration.ofMillis(400)));
    for (int c = 0; c < chats; c++) {
      chatOf(c).user("I am chat " + c + ".");
    }
    watcher.flush();
    try (WriterProcess frozen = WriterProcess.start(settings)) {
      await().atMost(A_WHILE).until(() -> mem0.calls(Calls.add()).size() >= 3);
      frozen.freeze();
      try (WriterUnderTest second = startWriter()) {
        await().atMost(A_WHILE).until(() -> turnsByFate().getOrDefault(Fate.WRITTEN, 0L) == chats);
        awaitRest(second);
        int calls = mem0.calls(Calls.add()).size();
        var ledger = KAFKA.reader().ledger();

        frozen.thaw();

        await().atMost(A_WHILE).until(() -> second.status().partitions().size() == 1);
        assertThat(mem0.calls(Calls.add())).hasSize(calls);
        assertThat(KAFKA.reader().ledger()).isEqualTo(ledger);
      }
    }

    assertThat(mem0.memories()).hasSize(chats);
  }

  @Test
  void partitions_that_move_between_writers_are_written_once() {
    mem0.on(Calls.add()).always(Fault.delay(Duration.ofMillis(100)));
    int chats = 12;
    for (int c = 0; c < chats; c++) {
      chatOf(c).user("I am chat " + c + ".");
    }
    try (WriterUnderTest first = startWriter()) {
      await().atMost(SOON).until(() -> !mem0.memories().isEmpty());
      try (WriterUnderTest second = startWriter()) {
        await()
            .atMost(A_WHILE)
            .until(
                () ->
                    first.status().partitions().size() == 1
                        && second.status().partitions().size() == 1);
        for (int c = 0; c < chats; c++) {
          chatOf(c).user("Still chat " + c + ".");
        }
        first.close();
        awaitTurns(Fate.WRITTEN, 2L * chats);
        awaitRest(second);
      }
    }

    assertThat(mem0.memories()).hasSize(2 * chats);
  }
}
