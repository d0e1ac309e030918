package dev.tavernmem0.testkit.sillytavern;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The simulator writes what SillyTavern 1.19.0 wrote when the same was done in a browser. Dates and
 * ids are replaced by placeholders in the recordings; all else is byte for byte.
 */
class RecordedSessionTest {
  @TempDir Path root;

  private SimulatedUser user;
  private SimulatedCharacter bob;
  private SimulatedCharacter carol;

  @BeforeEach
  void robin() {
    user = SillyTavernSimulator.at(root).user("default-user");
    user.persona("Robin");
    bob = user.character("Bob", "Hello {{user}}, I am {{char}}.");
    carol = user.character("Carol", "Carol here.");
  }

  @Test
  void a_solo_chat() throws IOException {
    SimulatedChat chat = user.newChat(bob);
    assertSame(chat, "opened");

    chat.ask("My name is Eve", "Reply number 1.");
    chat.swipe("Reply number 2.");
    chat.swipeTo(0);
    assertSame(chat, "swiped");

    chat.regenerate("Reply number 3.");
    chat.continueReply(" Reply number 4.");
    chat.edit(2, "Edited reply");
    chat.edit(1, "My name is Eva");
    chat.hide(1);
    chat.unhide(1, 1);
    chat.hide(2);
    chat.narrate("The rain starts.");
    chat.sendAs(carol, "Passing by");
    chat.comment("a private note");
    chat.narrateAt(1, "Inserted");
    assertSame(chat, "edited-hidden-narrated");

    assertSame(chat.branch(2), "branch");
  }

  @Test
  void a_group_chat() throws IOException {
    SimulatedChat chat = user.group("Band", bob, carol);
    assertSame(chat, "group-opened");

    chat.send("Hi both");
    chat.reply(bob, "Reply number 5.");
    chat.reply(carol, "Reply number 6.");
    chat.regenerateRound(
        new GroupReply(bob, "Reply number 7."), new GroupReply(carol, "Reply number 8."));

    assertSame(chat, "group-regenerated");
  }

  private static void assertSame(SimulatedChat chat, String recording) throws IOException {
    String simulated =
        Files.readString(chat.path())
            .replaceAll("\"\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\"", "\"<date>\"")
            .replaceAll("\"gen_id\":\\d+", "\"gen_id\":0")
            .replaceAll("\"integrity\":\"[0-9a-f-]+\"", "\"integrity\":\"<uuid>\"")
            .replaceAll("\\d{4}-\\d\\d-\\d\\d@[\\dhms]+", "<date>");
    try (InputStream recorded =
        Objects.requireNonNull(
            RecordedSessionTest.class.getResourceAsStream(recording + ".jsonl"))) {
      assertThat(simulated).isEqualTo(new String(recorded.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
