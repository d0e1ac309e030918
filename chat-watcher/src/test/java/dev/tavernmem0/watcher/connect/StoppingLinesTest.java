package dev.tavernmem0.watcher.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import dev.tavernmem0.watcher.chatfile.HostileLines;
import dev.tavernmem0.watcher.chatfile.Line;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One line of one chat that reading once failed on stops neither its chat nor any other. */
class StoppingLinesTest {
  @TempDir private Path root;

  private static List<Turn> turns(List<TurnEvent> events) {
    return events.stream().map(TurnEvent::after).toList();
  }

  private static String hostileChat() {
    return Line.chat("hostile", List.of(Line.user("before", 1)))
        + "\n"
        + String.join("\n", HostileLines.STOPPERS)
        + "\n{\"mes\": broken\n"
        + Line.ai("after", 2).json();
  }

  @Test
  void lines_that_stopped_the_watcher_are_turns_and_everything_else_goes_on() throws Exception {
    SimulatedUser user = SillyTavernSimulator.at(root).user("default-user");
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    Files.writeString(chat.path().resolveSibling("0 hostile.jsonl"), hostileChat());

    try (TaskUnderTest task = new TaskUnderTest(root, new HashMap<>(), Map.of())) {
      List<TurnEvent> events = task.next();

      assertThat(turns(events))
          .extracting(Turn::text)
          .containsExactlyInAnyOrder("Welcome.", "before", "it stopped", "it stopped", "after");
      List<Turn> stoppers =
          turns(events).stream().filter(turn -> turn.text().equals("it stopped")).toList();
      assertThat(stoppers).extracting(Turn::role).containsExactly(Role.USER, Role.ASSISTANT);
      assertThat(stoppers).extracting(Turn::sentAt).containsOnlyNulls();

      chat.send("It goes on.");
      assertThat(turns(task.next())).extracting(Turn::text).containsExactly("It goes on.");
    }
  }

  @Test
  void such_a_line_in_a_chat_that_is_saved_later_stops_nothing_either() throws Exception {
    SimulatedUser user = SillyTavernSimulator.at(root).user("default-user");
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    Path hostile = chat.path().resolveSibling("0 hostile.jsonl");
    Files.writeString(hostile, Line.chat("hostile", List.of(Line.user("before", 1))));

    try (TaskUnderTest task = new TaskUnderTest(root, new HashMap<>(), Map.of())) {
      task.next();
      Files.writeString(hostile, hostileChat());
      chat.send("It goes on.");

      assertThat(turns(task.next()))
          .extracting(Turn::text)
          .containsExactlyInAnyOrder("it stopped", "it stopped", "after", "It goes on.");
    }
  }

  @Test
  void a_hostile_groups_file_stops_nothing() throws Exception {
    SimulatedUser user = SillyTavernSimulator.at(root).user("default-user");
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    Path groups = Files.createDirectories(user.directory().resolve("groups"));
    Path groupChats = Files.createDirectories(user.directory().resolve("group chats"));
    Files.writeString(groups.resolve("1.json"), "{\"a\":" + "[".repeat(100_000));
    Files.writeString(
        groups.resolve("2.json"),
        "{\"id\":\"2\",\"name\":\"\\ud800\",\"members\":[1e99999999999,{}],\"chats\":[\"g\",[]]}");
    Files.writeString(
        groupChats.resolve("g.jsonl"), Line.chat("grouped", List.of(Line.user("in a group", 1))));

    try (TaskUnderTest task = new TaskUnderTest(root, new HashMap<>(), Map.of())) {
      List<TurnEvent> events = task.next();

      assertThat(turns(events))
          .extracting(Turn::text)
          .containsExactlyInAnyOrder("Welcome.", "in a group");
      assertThat(events)
          .filteredOn(event -> event.source().group() != null)
          .extracting(event -> event.source().group().id())
          .containsExactly("2");
      chat.send("It goes on.");
      assertThat(turns(task.next())).extracting(Turn::text).containsExactly("It goes on.");
    }
  }
}
