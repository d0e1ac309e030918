package dev.tavernmem0.watcher.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.ChatKind;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedCharacter;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChatSourceTaskTest {
  @TempDir private Path root;

  private final Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>();
  private SillyTavernSimulator tavern;
  private SimulatedUser user;
  private SimulatedCharacter mara;
  private TaskUnderTest task;

  @BeforeEach
  void tavern() {
    tavern = SillyTavernSimulator.at(root);
    user = tavern.user("default-user");
    mara = user.character("Mara", "Welcome, {{user}}.");
  }

  @AfterEach
  void stop() {
    if (task != null) {
      task.close();
    }
  }

  private List<TurnEvent> start(Map<String, String> overrides) throws InterruptedException {
    if (task != null) {
      task.close();
    }
    task = new TaskUnderTest(root, offsets, overrides);
    return task.next();
  }

  private List<TurnEvent> start() throws InterruptedException {
    return start(Map.of());
  }

  private SimulatedChat chat() {
    SimulatedChat chat = user.newChat(mara);
    chat.ask("I live in Prague.", "A golden city.");
    chat.ask("I have a cat called Mochi.", "Sweet as her name.");
    return chat;
  }

  private static String id(SimulatedChat chat) {
    return "default-user:" + chat.integrity();
  }

  private static List<String> texts(SimulatedChat chat) {
    return chat.messages().stream()
        .map(dev.tavernmem0.testkit.sillytavern.ChatMessage::text)
        .toList();
  }

  @Test
  void a_data_root_that_is_not_there_is_refused_by_name() {
    assertThatThrownBy(() -> new TaskUnderTest(root.resolve("none"), offsets, Map.of()))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("data.root")
        .hasMessageContaining("none");
  }

  @Test
  void chats_that_are_there_are_read_by_a_snapshot() throws InterruptedException {
    SimulatedChat chat = chat();

    List<TurnEvent> events = start();

    assertThat(events).hasSize(5).allMatch(event -> event.op() == Op.READ);
    assertThat(events)
        .extracting(event -> event.source().snapshot())
        .containsExactly(
            SnapshotMarker.FIRST_IN_DATA_COLLECTION,
            SnapshotMarker.TRUE,
            SnapshotMarker.TRUE,
            SnapshotMarker.TRUE,
            SnapshotMarker.LAST);
    assertThat(events).allMatch(event -> event.source().cause() == Cause.SNAPSHOT);
    assertThat(new FoldedChats(events).texts(id(chat))).isEqualTo(texts(chat));
    Turn greeting = events.get(0).after();
    assertThat(greeting.greeting()).isTrue();
    assertThat(greeting.role()).isEqualTo(Role.ASSISTANT);
    assertThat(greeting.agent()).isEqualTo("Mara");
    Turn question = events.get(1).after();
    assertThat(question.role()).isEqualTo(Role.USER);
    assertThat(question.agent()).isNull();
    assertThat(question.sentAt()).isNotNull();
    assertThat(question.position()).isEqualTo(1);
    assertThat(events.get(1).source().handle()).isEqualTo("default-user");
    assertThat(events.get(1).source().character()).isEqualTo("Mara");
    assertThat(events.get(1).source().raw()).contains("I live in Prague.");
  }

  static Stream<Arguments> actions() {
    return Stream.of(
        action("append", Op.CREATE, Cause.APPEND, 1, chat -> chat.send("And a dog.")),
        action("edit", Op.UPDATE, Cause.EDIT, 1, chat -> chat.edit(1, "I live in Brno.")),
        action("swipe", Op.UPDATE, Cause.SWIPE, 1, chat -> chat.swipe("Another answer.")),
        action("continue", Op.UPDATE, Cause.CONTINUE, 1, chat -> chat.continueReply(" Indeed.")),
        action("regenerate", Op.UPDATE, Cause.REGENERATE, 1, chat -> chat.regenerate("New.")),
        action("hide", Op.UPDATE, Cause.HIDE, 1, chat -> chat.hide(1)),
        action("delete one", Op.DELETE, Cause.DELETE, 1, chat -> chat.delete(2)),
        action("delete tail", Op.DELETE, Cause.DELETE, 2, chat -> chat.deleteFrom(3)),
        action("cut", Op.DELETE, Cause.DELETE, 2, chat -> chat.cut(1, 2)),
        action("move", Op.UPDATE, Cause.MOVE, 1, chat -> chat.moveUp(2)),
        action("narrator amid", Op.CREATE, Cause.INSERT, 1, chat -> chat.narrateAt(2, "Rain.")));
  }

  private static Arguments action(
      String name, Op op, Cause cause, int events, Consumer<SimulatedChat> action) {
    return Arguments.of(name, op, cause, events, action);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("actions")
  void a_save_becomes_the_events_of_what_was_done(
      String name, Op op, Cause cause, int count, Consumer<SimulatedChat> action)
      throws InterruptedException {
    SimulatedChat chat = chat();
    start();

    action.accept(chat);
    List<TurnEvent> events = task.next();

    assertThat(events).hasSize(count);
    assertThat(events)
        .allSatisfy(
            event -> {
              assertThat(event.op()).isEqualTo(op);
              assertThat(event.source().cause()).isEqualTo(cause);
              assertThat(event.source().snapshot()).isEqualTo(SnapshotMarker.FALSE);
            });
    assertThat(new FoldedChats(task.events()).texts(id(chat))).isEqualTo(texts(chat));
  }

  @Test
  void a_restart_publishes_nothing_that_was_published() throws InterruptedException {
    chat();
    start();

    assertThat(start()).isEmpty();
  }

  @Test
  void what_happened_while_it_was_down_is_published_at_the_next_start()
      throws InterruptedException {
    SimulatedChat kept = chat();
    SimulatedChat deleted = user.newChat(mara);
    deleted.ask("Forget me.", "I will.");
    start();
    task.close();

    kept.send("I am back.");
    kept.edit(1, "I live in Brno.");
    deleted.delete();
    List<TurnEvent> events = start();

    assertThat(events)
        .filteredOn(event -> event.source().chatId().equals(id(kept)))
        .extracting(event -> event.source().cause())
        .containsExactly(Cause.EDIT, Cause.APPEND);
    assertThat(events)
        .filteredOn(event -> event.source().chatId().equals(id(deleted)))
        .hasSize(3)
        .allMatch(event -> event.source().cause() == Cause.CHAT_DELETED);
  }

  @Test
  void a_renamed_chat_is_the_same_chat() throws InterruptedException {
    SimulatedChat chat = chat();
    List<TurnEvent> before = start();

    chat.rename("A new name");
    assertThat(task.next()).isEmpty();
    chat.send("Still here.");
    List<TurnEvent> after = task.next();

    assertThat(after).hasSize(1);
    assertThat(after.get(0).source().chatId()).isEqualTo(before.get(0).source().chatId());
    assertThat(after.get(0).source().chatFile()).isEqualTo("A new name.jsonl");
  }

  @Test
  void a_renamed_character_takes_its_chats_along() throws InterruptedException {
    SimulatedChat chat = chat();
    start();

    user.rename(mara, "Marina", false);
    assertThat(task.next()).noneMatch(event -> event.op() == Op.DELETE);
    assertThat(new FoldedChats(task.events()).texts(id(chat))).hasSize(5);
  }

  @Test
  void a_branch_is_published_in_full() throws InterruptedException {
    SimulatedChat chat = chat();
    start();

    SimulatedChat branch = chat.branch(2);
    branch.ask("Elsewhere now.", "So be it.");
    List<TurnEvent> events = task.next();

    assertThat(events)
        .hasSize(5)
        .allMatch(event -> event.op() == Op.CREATE)
        .allMatch(event -> event.source().cause() == Cause.APPEND);
    assertThat(events)
        .allMatch(event -> id(chat).equals(event.source().parentChatId()))
        .allMatch(event -> event.source().chatId().equals(id(branch)));
  }

  @Test
  void an_imported_copy_is_a_chat_of_its_own_and_published_in_full() throws InterruptedException {
    SimulatedChat chat = chat();
    start();

    chat.importCopy();
    List<TurnEvent> events = task.next();

    assertThat(events).hasSize(5).allMatch(event -> event.source().cause() == Cause.APPEND);
    assertThat(events.get(0).source().chatId()).startsWith(id(chat) + ":");
    assertThat(events.get(0).source().parentChatId()).isEqualTo(id(chat));
  }

  @Test
  void a_group_chat_names_its_group_and_speakers() throws InterruptedException {
    SimulatedCharacter teo = user.character("Captain Teo", "Ahoy.");
    start();

    SimulatedChat table = user.group("Harbour Table", mara, teo);
    table.send("Hello, both.");
    table.reply(teo, "Ahoy again.");
    List<TurnEvent> events = task.next();

    TurnEvent last = events.get(events.size() - 1);
    assertThat(last.source().kind()).isEqualTo(ChatKind.GROUP);
    assertThat(last.source().character()).isNull();
    assertThat(last.source().group().name()).isEqualTo("Harbour Table");
    assertThat(last.source().group().members()).containsExactly("Mara", "Captain Teo");
    assertThat(last.after().agent()).isEqualTo("Captain Teo");
    assertThat(new FoldedChats(task.events()).all()).hasSize(1);
  }

  @Test
  void a_deleted_chat_deletes_its_turns_from_the_end() throws InterruptedException {
    SimulatedChat chat = chat();
    start();

    chat.delete();
    List<TurnEvent> events = task.next();

    assertThat(events)
        .hasSize(5)
        .allMatch(event -> event.op() == Op.DELETE && event.source().cause() == Cause.CHAT_DELETED);
    assertThat(new FoldedChats(task.events()).all()).isEmpty();
  }

  @Test
  void a_directory_that_cannot_be_reached_deletes_nothing() throws Exception {
    chat();
    start();

    Path chats = user.directory().resolve("chats");
    Files.move(chats, user.directory().resolve("away"));
    assertThat(task.next()).isEmpty();
    Files.move(user.directory().resolve("away"), chats);

    assertThat(task.next()).isEmpty();
  }

  @Test
  void a_bad_line_is_skipped_and_the_rest_goes_on() throws Exception {
    SimulatedChat chat = chat();
    List<String> lines = Files.readAllLines(chat.path());
    lines.set(2, "{\"mes\": broken");
    Files.writeString(chat.path(), String.join("\n", lines));

    List<TurnEvent> events = start();

    assertThat(events).hasSize(4);
  }

  @Test
  void an_unfinished_last_line_is_waited_for() throws Exception {
    SimulatedChat chat = chat();
    start();
    byte[] line =
        "\n{\"name\":\"User\",\"is_user\":true,\"send_date\":\"2026-11-23T03:30:36.958Z\",\"mes\":\"slow copy\"}"
            .getBytes(StandardCharsets.UTF_8);

    Files.write(chat.path(), java.util.Arrays.copyOf(line, 20), StandardOpenOption.APPEND);
    Files.write(
        chat.path(),
        java.util.Arrays.copyOfRange(line, 20, line.length),
        StandardOpenOption.APPEND);

    assertThat(task.next()).extracting(event -> event.after().text()).containsExactly("slow copy");
  }

  @Test
  void links_out_of_the_data_root_are_not_followed(@TempDir Path elsewhere) throws Exception {
    SimulatedChat chat = chat();
    Files.copy(chat.path(), elsewhere.resolve("secret.jsonl"));
    Files.createSymbolicLink(
        chat.path().resolveSibling("linked.jsonl"), elsewhere.resolve("secret.jsonl"));
    Files.createSymbolicLink(user.directory().resolve("chats/Linked"), elsewhere);

    List<TurnEvent> events = start();

    assertThat(events).hasSize(5).allMatch(event -> event.source().chatId().equals(id(chat)));
  }

  @Test
  void a_data_root_that_is_a_link_itself_is_watched(@TempDir Path elsewhere) throws Exception {
    chat();
    Path link = Files.createSymbolicLink(elsewhere.resolve("data"), root);

    task = new TaskUnderTest(link, offsets, Map.of());

    assertThat(task.next()).hasSize(5);
  }

  @Test
  void without_a_snapshot_only_what_changes_is_published() throws InterruptedException {
    SimulatedChat chat = chat();

    assertThat(start(Map.of(ChatSourceConfig.SNAPSHOT_MODE, "never"))).isEmpty();
    chat.send("Now.");

    assertThat(task.next()).extracting(event -> event.after().text()).containsExactly("Now.");
    assertThat(start(Map.of(ChatSourceConfig.SNAPSHOT_MODE, "never"))).isEmpty();
  }

  @Test
  void only_the_wanted_users_are_watched() throws InterruptedException {
    SimulatedUser other = tavern.user("other");
    SimulatedChat chat = other.newChat(other.character("Ann", "Hi."));
    chat.ask("Hello?", "Yes.");
    chat();

    assertThat(start(Map.of(ChatSourceConfig.HANDLES, "other")))
        .hasSize(3)
        .allMatch(event -> event.source().handle().equals("other"));
  }

  @Test
  void the_same_chat_of_two_users_is_two_chats() throws IOException, InterruptedException {
    SimulatedChat chat = chat();
    Path other = root.resolve("other/chats/Mara");
    Files.createDirectories(other);
    Files.copy(chat.path(), other.resolve(chat.path().getFileName()));

    assertThat(new FoldedChats(start()).all().keySet())
        .containsExactlyInAnyOrder(id(chat), "other:" + chat.integrity());
  }

  @Test
  void a_crash_after_any_record_loses_nothing_and_changes_no_id() throws Exception {
    SimulatedChat chat = chat();
    start();
    chat.send("One more.");
    chat.reply("And an answer.");
    chat.edit(1, "I live in Brno.");
    chat.delete(2);
    chat.narrateAt(1, "Rain.");
    SimulatedChat second = user.newChat(mara);
    second.ask("A second chat.", "Gladly.");
    Map<Map<String, ?>, Map<String, ?>> beforeSaves = new HashMap<>(offsets);
    List<TurnEvent> first = List.copyOf(task.events());
    List<TurnEvent> undisturbed = task.next();
    Set<String> expectedIds = ids(undisturbed);

    offsets.clear();
    offsets.putAll(beforeSaves);
    try (TaskUnderTest crashing = new TaskUnderTest(root, offsets, Map.of())) {
      crashing.settle();
      for (int crash = 0; crash <= crashing.size(); crash++) {
        offsets.clear();
        offsets.putAll(beforeSaves);
        crashing.commitFirst(crash);
        List<TurnEvent> published = crashing.events(crash);
        try (TaskUnderTest resumed = new TaskUnderTest(root, offsets, Map.of())) {
          List<TurnEvent> rest = resumed.next();
          Set<String> all = ids(published);
          all.addAll(ids(rest));
          assertThat(all).as("crash after %d records", crash).isEqualTo(expectedIds);
          FoldedChats folded =
              new FoldedChats(Stream.of(first, published, rest).flatMap(List::stream).toList());
          assertThat(folded.texts(id(chat))).isEqualTo(texts(chat));
          assertThat(folded.texts(id(second))).isEqualTo(texts(second));
        }
      }
    }
  }

  private static Set<String> ids(List<TurnEvent> events) {
    Set<String> ids = new LinkedHashSet<>();
    events.forEach(event -> ids.add(event.eventId()));
    return ids;
  }

  @Test
  void a_recovery_does_not_publish_the_chats_of_users_that_are_not_watched() throws Exception {
    chat();
    SimulatedUser other = tavern.user("other-user");
    other.newChat(other.character("Nils", "Hello.")).ask("A secret.", "I keep it.");
    start();

    List<TurnEvent> events =
        start(
            Map.of(
                ChatSourceConfig.HANDLES,
                "default-user",
                ChatSourceConfig.SNAPSHOT_MODE,
                "recovery"));

    assertThat(events).isNotEmpty().allMatch(e -> e.source().handle().equals("default-user"));
  }
}
