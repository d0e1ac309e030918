package dev.tavernmem0.watcher.track;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.TurnEvent;
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
import org.junit.jupiter.api.io.TempDir;

/** Starts that take longer than a vanished chat is waited for. */
class LongStartTest {
  private static final Duration STEP = Duration.ofMillis(60);
  private static final int OTHERS = 20;

  @TempDir private Path root;

  private SimulatedUser user;
  private SimulatedCharacter mara;
  private SimulatedChat chat;
  private final List<SimulatedChat> others = new ArrayList<>();

  @BeforeEach
  void tavern() {
    user = SillyTavernSimulator.at(root).user("default-user");
    SimulatedCharacter first = user.character("Ada", "Good day.");
    for (int i = 0; i < OTHERS; i++) {
      others.add(user.newChat(first));
    }
    mara = user.character("Mara", "Welcome.");
    chat = user.newChat(mara);
    chat.ask("I live in Prague.", "A golden city.");
  }

  /** Each batch takes its time. */
  private static List<TurnEvent> startSlowly(TrackedTavern tavern) {
    int before = tavern.events().size();
    tavern.begin(SnapshotMode.INITIAL);
    for (int step = 0; step < 3 * OTHERS; step++) {
      tavern.step();
      tavern.clock.set(tavern.clock.millis() + STEP.toMillis());
    }
    tavern.settle();
    List<TurnEvent> events = tavern.events();
    return events.subList(before, events.size());
  }

  @Test
  void a_character_that_was_renamed_before_a_long_start_keeps_its_scope_and_its_turns() {
    try (TrackedTavern tavern = new TrackedTavern(root)) {
      tavern.start();
      others.forEach(other -> other.send("Are you there?"));
      SimulatedCharacter marina = user.rename(mara, "Marina", false);
      user.open(marina, chat.name()).send("Still.");

      assertThat(startSlowly(tavern))
          .hasSize(OTHERS + 1)
          .allMatch(event -> event.op() == Op.CREATE)
          .filteredOn(event -> "Marina".equals(event.source().character()))
          .hasSize(1)
          .allMatch(event -> event.source().scope().equals("Mara"));
    }
  }

  @Test
  void a_chat_that_was_deleted_before_a_long_start_is_gone_after_it() {
    try (TrackedTavern tavern = new TrackedTavern(root)) {
      tavern.start();
      others.forEach(other -> other.send("Are you there?"));
      chat.delete();

      assertThat(startSlowly(tavern))
          .filteredOn(event -> event.source().cause() == Cause.CHAT_DELETED)
          .hasSize(3);
    }
  }
}
