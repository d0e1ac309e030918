package dev.tavernmem0.watcher.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.kafka.MaxRecordSize;
import dev.tavernmem0.testkit.sillytavern.ChatMessage;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedCharacter;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import dev.tavernmem0.watcher.connect.FoldedChats;
import dev.tavernmem0.watcher.state.StateKeys;
import dev.tavernmem0.watcher.state.UnknownLayoutException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chats that are published in full: because their state is lost, or because somebody asked. */
class SnapshotsTest {
  @TempDir private Path root;

  private TrackedTavern tavern;
  private SimulatedUser user;
  private SimulatedCharacter mara;

  @BeforeEach
  void tavern() {
    tavern = new TrackedTavern(root);
    user = SillyTavernSimulator.at(root).user("default-user");
    mara = user.character("Mara", "Welcome.");
  }

  @AfterEach
  void stop() {
    tavern.close();
  }

  private SimulatedChat chat(int exchanges) {
    SimulatedChat chat = user.newChat(mara);
    for (int i = 0; i < exchanges; i++) {
      chat.ask("Question " + i, "Answer " + i);
    }
    return chat;
  }

  private static String id(SimulatedChat chat) {
    return "default-user:" + chat.integrity();
  }

  private static List<String> texts(SimulatedChat chat) {
    return chat.messages().stream().map(ChatMessage::text).toList();
  }

  private void assertThatTheLogSays(SimulatedChat... chats) {
    FoldedChats folded = new FoldedChats(tavern.events());
    assertThat(folded.all()).hasSize(chats.length);
    for (SimulatedChat chat : chats) {
      assertThat(folded.texts(id(chat))).isEqualTo(texts(chat));
    }
  }

  private void lose(Predicate<Map<String, String>> partition) {
    assertThat(tavern.state.keySet()).anyMatch(partition);
    tavern.state.keySet().removeIf(partition);
  }

  private static Predicate<Map<String, String>> kind(String kind) {
    return partition -> kind.equals(partition.get("kind"));
  }

  private static void assertThatIsWhole(List<TurnEvent> events, int turns) {
    assertThat(events)
        .hasSize(turns)
        .allMatch(event -> event.op() == Op.READ)
        .allMatch(event -> event.source().cause() == Cause.SNAPSHOT);
    assertThat(events.get(0).source().snapshot())
        .isEqualTo(SnapshotMarker.FIRST_IN_DATA_COLLECTION);
    assertThat(events.subList(1, turns - 1))
        .allMatch(event -> event.source().snapshot() == SnapshotMarker.INCREMENTAL);
    assertThat(events.get(turns - 1).source().snapshot())
        .isEqualTo(SnapshotMarker.LAST_IN_DATA_COLLECTION);
  }

  @Test
  void a_chat_of_which_a_block_of_turns_is_lost_is_published_in_full() {
    SimulatedChat chat = chat(70);
    SimulatedChat other = chat(2);
    tavern.start();

    lose(p -> id(chat).equals(p.get("chat")) && "1".equals(p.get("block")));
    chat.cut(3, 6);
    List<TurnEvent> events = tavern.start();

    assertThatIsWhole(events, 137);
    assertThatTheLogSays(chat, other);
    assertThat(tavern.start()).isEmpty();
  }

  @Test
  void a_chat_of_which_all_turns_are_lost_is_published_in_full() {
    SimulatedChat chat = chat(3);
    tavern.start();

    lose(kind("turns"));
    chat.deleteFrom(5);
    List<TurnEvent> events = tavern.start();

    assertThatIsWhole(events, 5);
    assertThatTheLogSays(chat);
  }

  @Test
  void turns_that_cannot_be_read_are_as_good_as_lost() {
    SimulatedChat chat = chat(3);
    tavern.start();

    tavern.state.replaceAll(
        (partition, offset) ->
            kind("turns").test(partition) ? new TreeMap<>(Map.of("turns", "?")) : offset);

    assertThatIsWhole(tavern.start(), 7);
    assertThatTheLogSays(chat);
  }

  @Test
  void chats_whose_list_is_lost_are_published_in_full_not_as_new() {
    SimulatedChat chat = chat(3);
    tavern.start();

    lose(kind("files"));
    chat.delete(1);

    assertThatIsWhole(tavern.start(), 6);
    assertThatTheLogSays(chat);
  }

  @Test
  void a_list_of_directories_that_is_lost_begins_the_first_snapshot_again() {
    SimulatedChat chat = chat(3);
    tavern.start();

    lose(kind("directories"));
    chat.delete(1);
    List<TurnEvent> events = tavern.start();

    assertThat(events).hasSize(6).allMatch(event -> event.op() == Op.READ);
    assertThatTheLogSays(chat);
  }

  @Test
  void after_all_state_was_lost_the_log_says_what_the_chats_say() {
    SimulatedChat chat = chat(4);
    SimulatedChat other = chat(2);
    tavern.start();

    tavern.state.clear();
    chat.cut(2, 3);
    other.edit(1, "Something else");
    tavern.start();

    assertThatTheLogSays(chat, other);
    assertThat(tavern.start()).isEmpty();
  }

  @Test
  void a_chat_that_lost_its_state_and_its_turns_is_said_to_be_empty() throws Exception {
    SimulatedChat chat = chat(2);
    tavern.start();

    lose(kind("turns"));
    String header = Files.readAllLines(chat.path()).get(0);
    Files.writeString(chat.path(), header);
    List<TurnEvent> events = tavern.start();

    assertThat(events).hasSize(1);
    assertThat(events.get(0).after()).isNull();
    assertThat(events.get(0).source().snapshot().endsChat()).isTrue();
    assertThat(new FoldedChats(tavern.events()).all()).isEmpty();
    assertThat(tavern.start()).isEmpty();
  }

  @Test
  void a_chat_that_lost_its_turns_and_is_deleted_is_said_to_be_empty() {
    SimulatedChat chat = chat(2);
    SimulatedChat other = chat(1);
    tavern.start();

    lose(p -> id(chat).equals(p.get("chat")));
    chat.delete();
    tavern.start();

    assertThatTheLogSays(other);
  }

  @Test
  void a_snapshot_of_a_chat_that_was_cut_off_is_made_again_from_its_beginning() {
    SimulatedChat chat = chat(20);
    tavern.start();
    lose(kind("turns"));

    for (int batches = 1; batches < 9; batches++) {
      tavern.begin(SnapshotMode.INITIAL);
      for (int i = 0; i < batches; i++) {
        tavern.step();
      }
    }
    chat.deleteFrom(30);

    assertThatIsWhole(tavern.start(), 30);
    assertThatTheLogSays(chat);
  }

  @Test
  void state_of_a_newer_layout_is_refused_and_says_so() {
    chat(1);
    tavern.start();
    tavern.state.put(new StateKeys("tavern").layout(), Map.of("version", 4L));

    assertThatThrownBy(() -> tavern.start())
        .isInstanceOf(UnknownLayoutException.class)
        .hasMessageContaining("layout 4")
        .hasMessageContaining("up to 3");
  }

  @Test
  void a_snapshot_that_is_asked_for_publishes_the_chosen_chats_in_full() {
    SimulatedChat chat = chat(3);
    SimulatedChat other = chat(2);
    List<TurnEvent> first = tavern.start();

    tavern.obey(execute("one", List.of(id(chat))));
    List<TurnEvent> events = tavern.settle();

    assertThatIsWhole(events, 7);
    assertThat(events)
        .extracting(TurnEvent::turnId)
        .containsExactlyElementsOf(
            first.stream()
                .filter(event -> event.source().chatId().equals(id(chat)))
                .map(TurnEvent::turnId)
                .toList());
    assertThat(events)
        .extracting(TurnEvent::eventId)
        .doesNotContainAnyElementsOf(first.stream().map(TurnEvent::eventId).toList());
    assertThatTheLogSays(chat, other);
    assertThat(tavern.runs().get(tavern.runs().size() - 1))
        .satisfies(
            run -> {
              assertThat(run.state()).isEqualTo(SnapshotRun.State.COMPLETED);
              assertThat(run.total()).isEqualTo(1);
              assertThat(run.done()).isEqualTo(1);
              assertThat(run.turns()).isEqualTo(7);
            });
    assertThat(tavern.notifications("one")).containsExactly("STARTED", "COMPLETED");
  }

  private static Signal execute(String id, List<String> chats) {
    return new Signal.Execute(
        id, new SnapshotSelection(List.of(), List.of(), List.of(), chats, null, null), 0);
  }

  @Test
  void what_is_said_during_a_snapshot_is_published_before_it_goes_on() {
    SimulatedChat chat = chat(20);
    SimulatedChat open = chat(1);
    tavern.start();
    tavern.obey(execute("all", List.of()));
    tavern.step();

    open.send("Just now.");
    tavern.step();
    List<TurnEvent> next = TrackedTavern.events(tavern.step());

    assertThat(tavern.runs()).anyMatch(run -> run.state() == SnapshotRun.State.RUNNING);
    assertThat(tavern.events())
        .anyMatch(event -> event.after() != null && event.after().text().equals("Just now."));
    assertThat(next).isNotEmpty();
    tavern.settle();
    assertThatTheLogSays(chat, open);
  }

  @Test
  void a_change_of_the_chat_that_a_snapshot_is_at_wins() {
    SimulatedChat chat = chat(20);
    tavern.start();
    tavern.obey(execute("all", List.of()));
    tavern.step();
    tavern.step();

    chat.edit(1, "Changed amid the snapshot.");
    chat.delete(10);
    List<TurnEvent> events = tavern.settle();

    assertThatTheLogSays(chat);
    assertThatIsWhole(events.subList(events.size() - 40, events.size()), 40);
  }

  @Test
  void a_chat_that_is_renamed_and_changed_while_a_snapshot_is_at_it_is_told_as_it_is() {
    SimulatedChat chat = chat(20);
    tavern.start();
    tavern.obey(execute("all", List.of()));
    tavern.step();
    tavern.step();

    chat.rename("Another name");
    chat.edit(30, "Changed under another name.");
    tavern.settle();

    assertThatTheLogSays(chat);
    assertThat(tavern.runs()).allMatch(run -> run.done() == run.total());
  }

  @Test
  void a_recovery_that_is_cut_off_again_and_again_is_asked_for_once() {
    chat(20);
    tavern.start();
    tavern.log.clear();

    for (int i = 0; i < 5; i++) {
      tavern.clock.set(tavern.clock.millis() + 1);
      tavern.begin(SnapshotMode.RECOVERY);
      tavern.step();
    }

    // The chat that it was cut off at is published for its own sake, and then in its turn.
    assertThat(tavern.start(SnapshotMode.RECOVERY)).hasSize(2 * 41);
    assertThat(tavern.runs()).filteredOn(r -> r.type() == SnapshotRun.Type.RECOVERY).hasSize(1);
  }

  @Test
  void a_snapshot_goes_on_after_a_restart() {
    List<SimulatedChat> chats = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      chats.add(chat(1));
    }
    tavern.start();
    tavern.obey(execute("all", List.of()));
    for (int i = 0; i < 6; i++) {
      tavern.clock.set(tavern.clock.millis() + 1000);
      tavern.step();
    }
    int done = tavern.runs().get(tavern.runs().size() - 1).done();

    List<TurnEvent> events = tavern.start();

    assertThat(done).isBetween(2, 11);
    assertThat(events).hasSizeBetween((12 - done) * 3, (12 - done + 2) * 3);
    assertThat(tavern.runs()).allMatch(run -> run.state() == SnapshotRun.State.COMPLETED);
    assertThatTheLogSays(chats.toArray(SimulatedChat[]::new));
  }

  @Test
  void a_snapshot_pauses_resumes_and_is_cancelled() {
    chat(1);
    chat(1);
    tavern.start();
    tavern.obey(execute("one", List.of()));
    tavern.obey(new Signal.Pause("signal", "one"));

    assertThat(tavern.settle()).isEmpty();
    assertThat(tavern.start()).isEmpty();
    tavern.obey(new Signal.Resume("signal", "one"));
    assertThat(tavern.settle()).hasSize(6);
    tavern.obey(execute("two", List.of()));
    tavern.obey(new Signal.Stop("signal", "two"));

    assertThat(tavern.settle()).isEmpty();
    assertThat(tavern.notifications("one"))
        .containsExactly("PAUSED", "RESUMED", "STARTED", "COMPLETED");
    assertThat(tavern.notifications("two")).containsExactly("ABORTED");
  }

  @Test
  void a_chat_that_is_not_finished_when_its_turn_comes_is_published_in_full_when_it_is()
      throws Exception {
    SimulatedChat chat = chat(2);
    tavern.start();
    byte[] whole = read(chat);
    Files.write(chat.path(), Arrays.copyOf(whole, whole.length - 5));
    tavern.obey(execute("one", List.of()));
    tavern.step();
    tavern.step();

    write(chat, whole);

    assertThatIsWhole(tavern.settle(), 5);
    assertThat(tavern.start()).isEmpty();
  }

  @Test
  void a_chat_that_was_renamed_and_is_not_finished_is_published_by_the_recovery_too()
      throws Exception {
    SimulatedChat chat = chat(2);
    tavern.start();
    tavern.log.clear();
    byte[] whole = read(chat);
    chat.rename("Another name");
    Files.write(chat.path(), Arrays.copyOf(whole, whole.length - 5));

    assertThat(tavern.start(SnapshotMode.RECOVERY)).hasSize(4);
  }

  @Test
  void a_chat_that_is_renamed_before_its_snapshot_comes_to_it_is_published() {
    chat(20);
    SimulatedChat renamed = chat(1);
    SimulatedChat other = chat(1);
    tavern.start();
    tavern.log.clear();
    tavern.obey(execute("all", List.of()));
    tavern.step();
    tavern.step();

    renamed.rename("AAA");
    other.rename("ZZZ");
    tavern.settle();

    // Which comes first is not said; the one that was begun may be published anew.
    for (SimulatedChat chat : List.of(renamed, other)) {
      assertThat(tavern.events())
          .filteredOn(e -> e.source().chatId().equals(id(chat)))
          .extracting(e -> e.source().snapshot())
          .endsWith(
              SnapshotMarker.FIRST_IN_DATA_COLLECTION,
              SnapshotMarker.INCREMENTAL,
              SnapshotMarker.LAST_IN_DATA_COLLECTION);
    }
  }

  @Test
  void a_signal_that_is_read_twice_asks_for_one_snapshot() {
    chat(1);
    tavern.start();

    tavern.obey(execute("one", List.of()));
    tavern.obey(execute("one", List.of()));

    assertThat(tavern.settle()).hasSize(3);
  }

  @Test
  void recovery_publishes_everything_once_though_it_stays_set() {
    SimulatedChat chat = chat(3);
    SimulatedChat other = chat(2);
    tavern.start();
    tavern.log.clear();

    assertThat(tavern.start(SnapshotMode.RECOVERY)).hasSize(12);
    assertThatTheLogSays(chat, other);
    assertThat(tavern.start(SnapshotMode.RECOVERY)).isEmpty();
    assertThat(tavern.start(SnapshotMode.INITIAL)).isEmpty();
    tavern.clock.set(tavern.clock.millis() + 1);
    assertThat(tavern.start(SnapshotMode.RECOVERY)).hasSize(12);
  }

  @Test
  void a_line_that_comes_back_within_the_window_gets_its_id_back_and_later_a_new_one() {
    SimulatedChat chat = chat(3);
    List<TurnEvent> first = tavern.start();
    byte[] before = read(chat);
    chat.deleteFrom(1);
    tavern.settle();

    write(chat, before);
    List<TurnEvent> back = tavern.settle();

    assertThat(back)
        .allMatch(event -> event.op() == Op.CREATE && event.source().cause() == Cause.INSERT)
        .extracting(TurnEvent::turnId)
        .containsExactlyElementsOf(first.subList(1, 7).stream().map(TurnEvent::turnId).toList());

    chat.deleteFrom(1);
    tavern.start();
    tavern.clock.set(tavern.clock.millis() + TrackedTavern.RETURN_WINDOW.toMillis() + 1);
    write(chat, before);

    assertThat(tavern.start())
        .hasSize(6)
        .extracting(TurnEvent::turnId)
        .doesNotContainAnyElementsOf(first.stream().map(TurnEvent::turnId).toList());
  }

  @Test
  void what_is_said_during_the_first_snapshot_does_not_wait_for_it() {
    List<SimulatedChat> chats = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      chats.add(chat(2));
    }
    SimulatedChat open = chats.get(39);
    tavern.begin(SnapshotMode.INITIAL);
    tavern.step();

    open.send("Just now.");
    tavern.step();
    tavern.step();
    tavern.step();

    assertThat(tavern.events().size()).isLessThan(30);
    assertThat(tavern.events())
        .anyMatch(event -> event.after() != null && event.after().text().equals("Just now."));
    tavern.settle();
    assertThatTheLogSays(chats.toArray(SimulatedChat[]::new));
  }

  @Test
  void a_snapshot_from_a_time_that_no_file_can_have_is_of_nothing_and_stops_nothing() {
    SimulatedChat chat = chat(1);
    tavern.start();

    tavern.obey(
        new Signal.Execute(
            "far", new SnapshotSelection(null, null, null, null, java.time.Instant.MAX, null), 0));

    assertThat(tavern.settle()).isEmpty();
    chat.send("Still watched.");
    assertThat(tavern.settle()).hasSize(1);
  }

  @Test
  void a_chat_that_was_published_in_full_because_it_lost_turns_is_known_from_then_on() {
    SimulatedChat chat = chat(3);
    tavern.start();
    lose(kind("turns"));
    assertThatIsWhole(tavern.start(), 7);

    chat.send("And another thing.");
    List<TurnEvent> said = tavern.settle();

    assertThat(said).hasSize(1);
    assertThat(said.get(0).op()).isEqualTo(Op.CREATE);
    chat.delete(1);
    assertThat(tavern.settle()).hasSize(1).allMatch(event -> event.op() == Op.DELETE);
  }

  @Test
  void a_lost_block_of_a_chat_is_noticed_though_its_branch_is_looked_at_first() {
    SimulatedChat chat = chat(70);
    SimulatedChat branch = chat.branch(100);
    tavern.start();
    lose(p -> id(chat).equals(p.get("chat")) && "0".equals(p.get("block")));
    chat.cut(3, 6);

    tavern.begin(SnapshotMode.INITIAL);
    branch.send("Said in the branch.");
    List<TurnEvent> events = tavern.settle();

    assertThatIsWhole(
        events.stream().filter(e -> e.source().chatId().equals(id(chat))).toList(), 137);
    assertThatTheLogSays(chat, branch);
  }

  @Test
  void a_recovery_that_is_cut_off_publishes_a_chat_that_was_renamed_meanwhile() {
    List<SimulatedChat> chats = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      SimulatedChat chat = chat(1);
      chat.rename("chat %02d".formatted(i));
      chats.add(chat);
    }
    tavern.start();
    tavern.log.clear();
    tavern.clock.set(tavern.clock.millis() + 1);
    tavern.begin(SnapshotMode.RECOVERY);
    for (int i = 0; i < 6; i++) {
      tavern.clock.set(tavern.clock.millis() + 1000);
      tavern.step();
    }
    assertThat(tavern.runs()).anyMatch(r -> r.state() == SnapshotRun.State.RUNNING && r.done() > 1);

    chats.get(11).rename("a chat");
    tavern.start(SnapshotMode.RECOVERY);

    assertThatTheLogSays(chats.toArray(SimulatedChat[]::new));
  }

  @Test
  void a_chat_deleted_while_its_directory_cannot_be_seen_is_noticed_when_that_is_back()
      throws Exception {
    SimulatedChat chat = chat(1);
    SimulatedChat deleted = chat(1);
    tavern.start();
    Path chats = root.resolve("default-user").resolve("chats");
    Path away = root.resolve("default-user").resolve("away");

    deleted.delete();
    Files.move(chats, away);
    assertThat(tavern.start()).isEmpty();
    Files.move(away, chats);
    for (int i = 0; i < 10; i++) {
      tavern.clock.set(tavern.clock.millis() + 60_000);
      tavern.settle();
    }

    assertThatTheLogSays(chat);
  }

  @Test
  void a_new_chat_whose_directory_goes_away_before_it_is_looked_at_is_published_when_that_is_back()
      throws Exception {
    SimulatedChat chat = chat(1);
    tavern.start();
    Path chats = root.resolve("default-user").resolve("chats");
    Path away = root.resolve("default-user").resolve("away");
    SimulatedChat added = chat(1);
    tavern.notice();

    Files.move(chats, away);
    tavern.settle();
    Files.move(away, chats);
    for (int i = 0; i < 10; i++) {
      tavern.clock.set(tavern.clock.millis() + 60_000);
      tavern.settle();
    }

    assertThatTheLogSays(chat, added);
  }

  @Test
  void a_chat_that_a_recovery_could_not_see_is_published_when_its_directory_is_back()
      throws Exception {
    SimulatedChat chat = chat(1);
    tavern.start();
    tavern.log.clear();
    Path chats = root.resolve("default-user").resolve("chats");
    Path away = root.resolve("default-user").resolve("away");
    tavern.begin(SnapshotMode.RECOVERY);

    Files.move(chats, away);
    tavern.settle();
    Files.move(away, chats);
    for (int i = 0; i < 10; i++) {
      tavern.clock.set(tavern.clock.millis() + 60_000);
      tavern.settle();
    }

    assertThatTheLogSays(chat);
  }

  @Test
  void what_changed_while_the_list_of_directories_was_lost_is_published_in_mode_never_too() {
    SimulatedChat chat = chat(1);
    tavern.start(SnapshotMode.NEVER);
    chat.send("Said.");
    assertThat(tavern.settle()).hasSize(1);

    lose(kind("directories"));
    chat.edit(3, "Said otherwise.");
    tavern.start(SnapshotMode.NEVER);

    assertThat(new FoldedChats(tavern.events()).texts(id(chat))).contains("Said otherwise.");
  }

  @Test
  void the_snapshots_that_were_asked_for_fit_into_a_record() {
    chat(1);
    tavern.start();
    List<String> many = List.of("x".repeat(49_000));
    List<String> tooMany = List.of("x".repeat(1_000_000));

    for (int i = 0; i < 60; i++) {
      tavern.obey(execute("snapshot " + i, many));
      tavern.obey(execute("too much " + i, tooMany));
      tavern.obey(new Signal.Pause("pause " + i, "snapshot " + i));
    }
    tavern.settle();

    Object stored = tavern.state.get(new StateKeys("tavern").snapshots()).get("value");
    assertThat((String) stored)
        .hasSizeLessThan(MaxRecordSize.BYTES / 4)
        .contains("snapshot 49")
        .doesNotContain("snapshot 50")
        .doesNotContain("too much");
  }

  private static byte[] read(SimulatedChat chat) {
    try {
      return Files.readAllBytes(chat.path());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(SimulatedChat chat, byte[] bytes) {
    try {
      Files.write(chat.path(), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
