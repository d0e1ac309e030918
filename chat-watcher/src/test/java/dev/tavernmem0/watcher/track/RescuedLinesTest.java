package dev.tavernmem0.watcher.track;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import dev.tavernmem0.watcher.chatfile.Line;
import dev.tavernmem0.watcher.rescue.ChatRescue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What SillyTavern changes in a line without changing what the line says. */
class RescuedLinesTest {
  @TempDir private Path root;

  @Test
  void it_is_no_event_so_it_comes_with_the_next_one_of_the_turn_a_snapshot_at_the_latest()
      throws IOException {
    SimulatedUser user = SillyTavernSimulator.at(root).user("eve");
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    try (TrackedTavern tavern = new TrackedTavern(root)) {
      tavern.start();
      chat.send("I live in Prague.");
      tavern.settle();
      chat.reply("A golden city.");
      tavern.settle();

      String rescued = rescued(tavern, chat);
      assertThat(Line.file(rescued).contents())
          .isEqualTo(Line.file(Files.readString(chat.path())).contents());
      assertThat(body(rescued)).isNotEqualTo(body(Files.readString(chat.path())));

      tavern.obey(new Signal.Execute("s", SnapshotSelection.ALL, tavern.clock.millis()));
      tavern.settle();
      assertThat(body(rescued(tavern, chat))).isEqualTo(body(Files.readString(chat.path())));
    }
  }

  private static String rescued(TrackedTavern tavern, SimulatedChat chat) throws IOException {
    ChatRescue rescue = new ChatRescue("eve:" + chat.integrity(), Long.MAX_VALUE, 1 << 20);
    tavern.events().forEach(rescue::event);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    rescue.result().orElseThrow().writeTo(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String body(String file) {
    return file.substring(file.indexOf('\n'));
  }
}
