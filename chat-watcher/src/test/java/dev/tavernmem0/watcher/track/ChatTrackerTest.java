package dev.tavernmem0.watcher.track;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.identity.ChatIds;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import dev.tavernmem0.watcher.chatfile.Line;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.state.StateKeys;
import dev.tavernmem0.watcher.state.StateStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTrackerTest {
  @TempDir private Path root;

  private ChatTracker tracker() {
    return new ChatTracker(
        new TavernTree(root, handle -> true),
        new TrackerOptions(
            "tavern",
            "test",
            1 << 20,
            true,
            ZoneOffset.UTC,
            SnapshotMode.INITIAL,
            Duration.ofMillis(100),
            Duration.ofMillis(100),
            Duration.ofDays(30)),
        new StateStore(partitions -> Map.of(), new StateKeys("tavern")),
        Clock.systemUTC());
  }

  private static ChatPath path(Path file) {
    return new ChatPath("default-user", "chats/Mara", file.getFileName().toString());
  }

  private static List<TurnEvent> events(List<Emission> emissions) {
    List<TurnEvent> events = new ArrayList<>();
    for (Emission emission : emissions) {
      if (emission instanceof Emission.OfTurn turn) {
        events.add(turn.event());
      }
    }
    return events;
  }

  @Test
  void a_branch_names_its_parent_as_soon_as_that_is_known() {
    SimulatedUser user = SillyTavernSimulator.at(root).user("default-user");
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    chat.ask("I live in Prague.", "A golden city.");
    SimulatedChat branch = chat.branch(2);
    branch.ask("Elsewhere.", "So be it.");
    SimulatedChat twig = branch.checkpoint(4, "A checkpoint");
    twig.ask("Further still.", "As you wish.");

    ChatTracker tracker = tracker();
    tracker.start(List.of(path(twig.path()), path(branch.path()), path(chat.path())));

    assertThat(events(tracker.next(1000)))
        .hasSize(7 + 5 + 3)
        .allMatch(event -> event.source().parentChatId() == null);

    twig.send("On.");
    tracker.changed(List.of(path(twig.path())));

    assertThat(events(tracker.next(1000)))
        .extracting(event -> event.source().parentChatId())
        .containsExactly(ChatIds.ofIntegrity("default-user", branch.integrity()));
  }

  @Test
  void a_batch_is_bounded_in_size_however_long_the_lines_are() throws Exception {
    Path file = root.resolve("default-user/chats/Mara/long.jsonl");
    Files.createDirectories(file.getParent());
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      lines.add(Line.user("x".repeat(500_000) + i, i));
    }
    Files.writeString(file, Line.chat("aaaa", lines));

    ChatTracker tracker = tracker();
    tracker.start(List.of(path(file)));
    int batches = 0;
    int turns = 0;
    for (List<Emission> batch = tracker.next(256); !batch.isEmpty(); batch = tracker.next(256)) {
      batches++;
      turns += events(batch).size();
    }

    assertThat(turns).isEqualTo(40);
    assertThat(batches).isGreaterThan(4);
  }

  @Test
  void the_list_of_chats_is_not_written_again_for_each_chat() throws Exception {
    int chats = 300;
    List<ChatPath> paths = new ArrayList<>();
    Path directory = Files.createDirectories(root.resolve("default-user/chats/Mara"));
    for (int i = 0; i < chats; i++) {
      Path file = directory.resolve("chat " + i + ".jsonl");
      paths.add(path(Files.writeString(file, Line.chat("id-" + i, List.of(Line.user("Hi", i))))));
    }

    ChatTracker tracker = tracker();
    tracker.start(paths);
    long written = 0;
    for (Emission emission : tracker.next(10_000)) {
      written += emission instanceof Emission.OfState ? emission.chars() : 0;
    }

    assertThat(written).isLessThan(chats * 1000L);
  }
}
