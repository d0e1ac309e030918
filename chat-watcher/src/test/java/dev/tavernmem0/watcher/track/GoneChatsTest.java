package dev.tavernmem0.watcher.track;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnRef;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import dev.tavernmem0.watcher.connect.FoldedChats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Chats that the log has and that are nowhere: their deletion is published when it is asked for.
 */
class GoneChatsTest {
  @TempDir private Path root;
  private TrackedTavern tavern;
  private SimulatedUser user;
  private SimulatedChat chat;

  @BeforeEach
  void a_chat_is_published() {
    tavern = new TrackedTavern(root);
    user = SillyTavernSimulator.at(root).user("default-user");
    chat = user.newChat(user.character("Mara", "Welcome."));
    chat.ask("Question 0", "Answer 0");
    tavern.start();
  }

  @AfterEach
  void stop() {
    tavern.close();
  }

  private String id() {
    return "default-user:" + chat.integrity();
  }

  /** What the log says of the chat in the end, in the scope of the last of its events. */
  private GoneChat logged() {
    List<TurnEvent> events =
        tavern.events().stream().filter(event -> event.source().chatId().equals(id())).toList();
    return GoneChat.of(
        events.get(events.size() - 1).source(),
        events.stream()
            .map(TurnEvent::after)
            .filter(Objects::nonNull)
            .map(turn -> new TurnRef(turn.turnId(), turn.hash()))
            .distinct()
            .toList());
  }

  private void loseState(String... kinds) {
    tavern.state.keySet().removeIf(key -> List.of(kinds).contains(key.get("kind")));
  }

  private List<TurnEvent> obeyed(GoneChat gone) {
    tavern.obey(new Signal.DeleteChat("one", gone));
    return tavern.settle();
  }

  private static Set<String> ids(List<TurnRef> turns) {
    Set<String> ids = new HashSet<>();
    turns.forEach(turn -> ids.add(turn.turnId()));
    return ids;
  }

  @Test
  void one_that_was_deleted_while_the_state_was_lost_is_deleted_turn_by_turn() throws IOException {
    GoneChat gone = logged();
    Files.delete(chat.path());
    tavern.state.clear();
    tavern.start();

    List<TurnEvent> events = obeyed(gone);

    assertThat(events)
        .hasSize(3)
        .allMatch(event -> event.op() == Op.DELETE)
        .allMatch(event -> event.source().cause() == Cause.CHAT_DELETED)
        .allMatch(event -> event.source().scope().equals(gone.scope()))
        .extracting(TurnEvent::turnId)
        .containsExactlyInAnyOrderElementsOf(ids(gone.turns()));
    assertThat(new FoldedChats(tavern.events()).all()).isEmpty();
    assertThat(tavern.start()).isEmpty();
  }

  @Test
  void one_whose_turns_the_state_still_has_is_published_in_full_when_it_comes_back()
      throws IOException {
    GoneChat gone = logged();
    byte[] file = Files.readAllBytes(chat.path());
    Files.delete(chat.path());
    loseState("files", "directories");
    tavern.start();

    assertThat(obeyed(gone))
        .extracting(TurnEvent::turnId)
        .as("each once")
        .containsExactlyInAnyOrderElementsOf(ids(gone.turns()));
    Files.write(chat.path(), file);
    tavern.settle();

    assertThat(new FoldedChats(tavern.events()).texts(id()))
        .containsExactly("Welcome.", "Question 0", "Answer 0");
  }

  @Test
  void one_that_is_elsewhere_now_is_deleted_only_where_it_was() {
    GoneChat here = logged();
    GoneChat before =
        new GoneChat(
            here.handle(),
            "Old Mara",
            "Old Mara",
            null,
            here.chatId(),
            here.chatFile(),
            null,
            here.turns());

    List<TurnEvent> events = obeyed(before);

    assertThat(events).hasSize(3).allMatch(event -> event.source().scope().equals("Old Mara"));
    chat.send("Question 1");
    assertThat(tavern.settle()).as("what the state has of it is as it was").hasSize(1);
    assertThat(tavern.start()).isEmpty();
  }

  @Test
  void one_that_is_there_is_not_deleted() {
    GoneChat gone = logged();

    assertThat(obeyed(gone)).isEmpty();
    tavern.state.clear();
    tavern.begin(SnapshotMode.INITIAL);
    tavern.obey(new Signal.DeleteChat("one", gone));

    assertThat(tavern.settle())
        .as("nor while the watcher has not looked at it yet")
        .allMatch(event -> event.op() == Op.READ);
  }

  @Test
  void one_whose_directory_cannot_be_listed_is_not_deleted() throws IOException {
    GoneChat gone = logged();
    tavern.state.clear();
    Path chats = chat.path().getParent().getParent();
    Files.move(chats, chats.resolveSibling("away"));
    tavern.start();

    assertThat(obeyed(gone)).isEmpty();
  }

  @Test
  void one_whose_name_another_chat_has_now_is_deleted() {
    GoneChat here = logged();
    GoneChat ghost =
        new GoneChat(
            here.handle(),
            here.scope(),
            here.character(),
            null,
            "default-user:ghost",
            here.chatFile(),
            null,
            List.of(new TurnRef("00000000000000aa", "00000000000000bb")));

    assertThat(obeyed(ghost)).extracting(TurnEvent::turnId).containsExactly("00000000000000aa");
  }

  @Test
  void a_long_one_goes_in_parts_that_a_record_can_hold() {
    GoneChat here = logged();
    List<TurnRef> turns =
        IntStream.range(0, 12_001)
            .mapToObj(i -> new TurnRef("%016x".formatted(i), "%016x".formatted(i)))
            .toList();
    GoneChat large =
        new GoneChat(
            here.handle(),
            here.scope(),
            here.character(),
            null,
            here.chatId(),
            here.chatFile(),
            null,
            turns);

    List<GoneChat> parts = large.parts();

    assertThat(parts).hasSize(3);
    assertThat(parts.stream().flatMap(part -> part.turns().stream())).hasSize(12_001);
    assertThat(SignalCodec.encode(new Signal.DeleteChat("one", parts.get(0)), 1))
        .hasSizeLessThan(1_000_000);
  }
}
