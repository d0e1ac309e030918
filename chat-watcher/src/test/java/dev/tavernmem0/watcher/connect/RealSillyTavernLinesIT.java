package dev.tavernmem0.watcher.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.testkit.sillytavern.RealSillyTavern;
import dev.tavernmem0.testkit.sillytavern.SillyTavernApi;
import dev.tavernmem0.watcher.chatfile.HostileLines;
import dev.tavernmem0.watcher.chatfile.Line;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A chat with lines that stopped the watcher once, imported through SillyTavern itself. */
class RealSillyTavernLinesIT {
  @TempDir private Path directory;

  @BeforeAll
  static void sillyTavern() {
    RealSillyTavern.assumeAvailable();
  }

  private static List<String> texts(List<TurnEvent> events) {
    return events.stream().map(TurnEvent::after).map(Turn::text).toList();
  }

  @Test
  void an_imported_chat_with_stopping_lines_stops_nothing() throws Exception {
    try (RealSillyTavern tavern = RealSillyTavern.start(directory)) {
      SillyTavernApi api = tavern.api();
      String avatar = api.createCharacter("Mara", "Welcome.");
      List<JsonNode> chat = new ArrayList<>();
      chat.add(Json.MAPPER.readTree(Line.header("good")));
      chat.add(Json.MAPPER.readTree(Line.user("hello", 1).json()));
      api.saveChat(avatar, "good", chat);

      try (TaskUnderTest task = new TaskUnderTest(tavern.dataRoot(), new HashMap<>(), Map.of())) {
        assertThat(texts(task.next())).contains("hello");

        String imported =
            api.importChat(
                avatar,
                "Mara",
                Line.chat("hostile", List.of(Line.user("before", 1)))
                    + "\n"
                    + String.join("\n", HostileLines.STOPPERS)
                    + "\n"
                    + Line.ai("after", 2).json());
        Path file = tavern.userDirectory().resolve("chats/Mara/" + imported + ".jsonl");
        assertThat(Files.readString(file)).contains("+1000000000-01-01", "is_user");
        assertThat(texts(task.next()))
            .containsExactly("before", "it stopped", "it stopped", "after");

        chat.add(Json.MAPPER.readTree(Line.user("It goes on.", 3).json()));
        api.saveChat(avatar, "good", chat);
        assertThat(texts(task.next())).containsExactly("It goes on.");
      }
    }
  }
}
