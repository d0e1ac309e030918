package dev.tavernmem0.watcher.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedCharacter;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Starts in JVMs of their own on one state: within one JVM, maps always iterate in one order. */
class RestartIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int STARTS = 8;

  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  @TempDir private Path directory;

  @BeforeEach
  void freshTopics() {
    KAFKA.freshTopics(2);
  }

  private WatcherProcess start() {
    return WatcherProcess.start(KAFKA.bootstrapServers(), directory.resolve("data"));
  }

  @Test
  void a_start_without_a_changed_file_publishes_nothing_and_one_with_changes_exactly_those() {
    SimulatedUser user = SillyTavernSimulator.at(directory.resolve("data")).user("default-user");
    SimulatedCharacter mara = user.character("Mara", "Welcome.");
    List<SimulatedChat> chats = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      SimulatedChat chat = user.newChat(mara);
      chat.ask("Question " + i, "Answer " + i);
      chats.add(chat);
    }
    int known = 4 * 3;
    try (WatcherProcess first = start()) {
      first.stop();
    }
    assertThat(KAFKA.reader().turnEvents()).hasSize(known);

    for (int i = 0; i < STARTS; i++) {
      try (WatcherProcess watcher = start()) {
        watcher.stop();
      }
      assertThat(KAFKA.reader().turnEvents()).as("after start %d", i + 1).hasSize(known);
    }

    chats.get(0).edit(1, "Edited while it was down.");
    chats.get(1).delete(2);
    chats.get(2).rename("Renamed while it was down");
    chats.get(3).delete();
    int changes = 1 + 1 + 3;
    try (WatcherProcess watcher = start()) {
      await().atMost(SOON).until(() -> KAFKA.reader().turnEvents().size() >= known + changes);
      watcher.stop();
    }
    try (WatcherProcess watcher = start()) {
      watcher.stop();
    }

    List<TurnEvent> events = KAFKA.reader().turnEvents();
    String deleted = "default-user:" + chats.get(3).integrity();
    assertThat(events.stream().filter(event -> event.op() != Op.READ))
        .extracting(
            event -> event.source().chatId(), TurnEvent::op, event -> event.source().cause())
        .containsExactlyInAnyOrder(
            tuple("default-user:" + chats.get(0).integrity(), Op.UPDATE, Cause.EDIT),
            tuple("default-user:" + chats.get(1).integrity(), Op.DELETE, Cause.DELETE),
            tuple(deleted, Op.DELETE, Cause.CHAT_DELETED),
            tuple(deleted, Op.DELETE, Cause.CHAT_DELETED),
            tuple(deleted, Op.DELETE, Cause.CHAT_DELETED));
  }

  @Test
  void a_watcher_that_was_frozen_while_another_took_over_publishes_nothing_more_and_says_so() {
    SimulatedUser user = SillyTavernSimulator.at(directory.resolve("data")).user("default-user");
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    try (WatcherProcess frozen = start()) {
      frozen.freeze();
      try (WatcherProcess second = start()) {
        chat.send("Hello?");
        awaitEvents(2);

        frozen.thaw();

        await().atMost(SOON).until(() -> "FENCED".equals(frozen.status().get("engine")));
        assertThat(frozen.readiness()).isEqualTo(503);
        assertThat(String.valueOf(frozen.status().get("last_error")))
            .contains("another watcher", "\"tavern\"", "has taken over");
        chat.reply("Yes.");
        awaitEvents(3);
        assertThat(second.status().get("engine")).isEqualTo("RUNNING");
        assertThat(frozen.status().get("engine")).isEqualTo("FENCED");
        assertThat(frozen.status().get("events")).isEqualTo(1);
      }
    }
    assertThat(KAFKA.reader().turnEvents())
        .extracting(event -> event.after().text())
        .containsExactly("Welcome.", "Hello?", "Yes.");
  }

  private static void awaitEvents(int count) {
    await().atMost(SOON).until(() -> KAFKA.reader().turnEvents().size() >= count);
  }
}
