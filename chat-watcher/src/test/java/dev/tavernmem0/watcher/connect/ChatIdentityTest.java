package dev.tavernmem0.watcher.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedCharacter;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import dev.tavernmem0.watcher.chatfile.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which chat a file is, across everything that SillyTavern does to files. */
class ChatIdentityTest {
  private static final List<Line> OLD_CHAT =
      List.of(
          Line.ai("Welcome.", 0), Line.user("I live in Prague.", 1), Line.ai("A golden city.", 2));

  @TempDir private Path root;

  private final Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>();
  private SimulatedUser user;
  private SimulatedCharacter mara;
  private TaskUnderTest task;

  @BeforeEach
  void tavern() {
    user = SillyTavernSimulator.at(root).user("default-user");
    mara = user.character("Mara", "Welcome.");
  }

  @AfterEach
  void stop() {
    if (task != null) {
      task.close();
    }
  }

  private List<TurnEvent> start(Map<String, String> overrides) throws InterruptedException {
    stop();
    task = new TaskUnderTest(root, offsets, overrides);
    return task.next();
  }

  private List<TurnEvent> start() throws InterruptedException {
    return start(Map.of());
  }

  private SimulatedChat chat() {
    SimulatedChat chat = user.newChat(mara);
    chat.ask("I live in Prague.", "A golden city.");
    return chat;
  }

  /** A chat of an old SillyTavern: a header without integrity. */
  private Path oldChat(String name) throws IOException {
    return oldChat(name, OLD_CHAT);
  }

  private Path oldChat(String name, List<Line> lines) throws IOException {
    Path file = user.directory().resolve("chats/Mara").resolve(name);
    Files.createDirectories(file.getParent());
    String messages = lines.stream().map(Line::json).collect(Collectors.joining("\n"));
    return Files.writeString(
        file, "{\"user_name\":\"User\",\"character_name\":\"Mara\"}\n" + messages);
  }

  private static Set<String> chatIds(List<TurnEvent> events) {
    Set<String> ids = new LinkedHashSet<>();
    events.forEach(event -> ids.add(event.source().chatId()));
    return ids;
  }

  @Test
  void chats_that_name_each_other_as_parent_are_both_published() throws Exception {
    Path one = oldChat("one.jsonl");
    Path other = oldChat("other.jsonl");
    Files.writeString(one, branchOf("other", "aaaa", OLD_CHAT));
    Files.writeString(other, branchOf("one", "bbbb", OLD_CHAT));

    assertThat(chatIds(start()))
        .containsExactlyInAnyOrder("default-user:aaaa", "default-user:bbbb");
  }

  private static String branchOf(String parent, String integrity, List<Line> lines) {
    return Line.chat(integrity, lines)
        .replaceFirst("\\{\"integrity\"", "{\"main_chat\":\"" + parent + "\",\"integrity\"");
  }

  @Test
  void a_chat_keeps_its_id_when_it_gets_an_integrity() throws Exception {
    Path file = oldChat("old.jsonl");
    List<TurnEvent> before = start();

    Files.writeString(file, Line.chat("cccc", OLD_CHAT) + "\n" + Line.user("And now?", 9).json());
    List<TurnEvent> after = task.next();

    assertThat(after).extracting(event -> event.after().text()).containsExactly("And now?");
    assertThat(chatIds(after)).isEqualTo(chatIds(before));
  }

  @Test
  void a_copy_of_a_chat_that_got_its_integrity_late_is_a_copy() throws Exception {
    Path file = oldChat("old.jsonl");
    List<TurnEvent> before = start();
    Files.writeString(file, Line.chat("cccc", OLD_CHAT));
    assertThat(task.next()).isEmpty();

    Files.copy(file, file.resolveSibling("old imported.jsonl"));
    List<TurnEvent> copied = task.next();

    assertThat(copied).hasSize(3);
    assertThat(copied).allMatch(event -> event.op() == Op.CREATE);
    assertThat(copied.get(0).source().parentChatId())
        .isEqualTo(before.get(0).source().chatId())
        .isNotEqualTo(copied.get(0).source().chatId());
  }

  @Test
  void a_copy_without_integrity_is_a_chat_of_its_own() throws Exception {
    oldChat("old.jsonl");
    oldChat("copy.jsonl");

    List<TurnEvent> events = start();

    assertThat(chatIds(events)).hasSize(2);
    assertThat(events).hasSize(6).allMatch(event -> event.source().cause() == Cause.SNAPSHOT);
  }

  @Test
  void a_renamed_chat_without_integrity_is_the_same_chat() throws Exception {
    Path file = oldChat("old.jsonl");
    List<TurnEvent> before = start();

    Path renamed = Files.move(file, file.resolveSibling("renamed.jsonl"));
    assertThat(task.next()).isEmpty();
    Files.writeString(
        renamed, "\n" + Line.user("Still here.", 9).json(), StandardOpenOption.APPEND);

    assertThat(chatIds(task.next())).isEqualTo(chatIds(before));
  }

  @Test
  void a_chat_without_integrity_renamed_while_the_watcher_was_down_is_the_same_chat()
      throws Exception {
    Path file = oldChat("old.jsonl");
    start();
    stop();

    Files.move(file, file.resolveSibling("a new name.jsonl"));

    assertThat(start()).isEmpty();
  }

  @Test
  void a_character_whose_old_chats_are_seen_before_the_originals_vanish_keeps_them()
      throws Exception {
    Path first = oldChat("first.jsonl");
    Path second = oldChat("second.jsonl", List.of(Line.user("Another.", 5), Line.ai("Yes.", 6)));
    start(Map.of(ChatSourceConfig.SETTLE_FILE_MS, "2000"));

    Path renamed = Files.createDirectories(user.directory().resolve("chats/Marina"));
    Files.copy(first, renamed.resolve("first.jsonl"));
    Files.copy(second, renamed.resolve("second.jsonl"));
    task.pollOnce();
    Files.delete(first);
    Files.delete(second);
    Files.delete(first.getParent());

    assertThat(task.next()).isEmpty();
  }

  @Test
  void a_chat_and_its_copy_keep_their_ids_when_their_character_is_renamed() throws Exception {
    SimulatedChat chat = chat();
    start();
    SimulatedChat copy = chat.importCopy();
    copy.ask("Only in the copy.", "Indeed.");
    List<TurnEvent> copied = task.next();

    user.rename(mara, "Marina", false);
    assertThat(task.next()).isEmpty();
    Path renamed = user.directory().resolve("chats/Marina");
    Files.writeString(
        renamed.resolve(copy.path().getFileName()),
        "\n" + Line.user("After it.", 90).json(),
        StandardOpenOption.APPEND);

    assertThat(chatIds(task.next())).isEqualTo(chatIds(copied));
  }

  @Test
  void a_new_chat_under_the_name_of_another_is_another_chat() throws Exception {
    SimulatedChat chat = chat();
    start();

    Files.writeString(chat.path(), Line.chat("dddd", List.of(Line.user("Who are you?", 50))));
    List<TurnEvent> events = task.next();

    assertThat(events).filteredOn(event -> event.op() == Op.DELETE).hasSize(3);
    assertThat(events)
        .filteredOn(event -> event.op() == Op.CREATE)
        .extracting(event -> event.source().chatId())
        .containsExactly("default-user:dddd");
  }

  @Test
  void a_chat_that_is_restored_after_its_deletion_gets_its_old_ids_back() throws Exception {
    SimulatedChat chat = chat();
    byte[] backup = Files.readAllBytes(chat.path());
    List<TurnEvent> before = start();
    chat.delete();
    task.next();

    Files.write(chat.path().resolveSibling("restored.jsonl"), backup);
    List<TurnEvent> restored = task.next();

    assertThat(restored)
        .hasSize(3)
        .allMatch(event -> event.op() == Op.CREATE)
        .allMatch(event -> event.source().cause() == Cause.INSERT);
    assertThat(chatIds(restored)).isEqualTo(chatIds(before));
    assertThat(restored)
        .extracting(TurnEvent::turnId)
        .containsExactlyElementsOf(before.stream().map(TurnEvent::turnId).toList());
  }

  @Test
  void a_path_gives_its_id_to_one_chat_only() throws Exception {
    Path file = oldChat("old.jsonl");
    start();
    Files.move(file, file.resolveSibling("renamed.jsonl"));
    task.next();

    oldChat("old.jsonl", List.of(Line.user("Another chat.", 50)));
    List<TurnEvent> events = task.next();

    assertThat(events).hasSize(1);
    assertThat(new FoldedChats(task.events()).all()).hasSize(2);
  }

  @Test
  void a_chat_converted_to_a_group_is_a_copy_in_the_group() throws InterruptedException {
    SimulatedChat chat = chat();
    List<TurnEvent> solo = start();

    SimulatedChat group = chat.convertToGroup();
    group.send("Hello, all.");
    List<TurnEvent> events = task.next();

    assertThat(events).hasSize(4).allMatch(event -> event.op() == Op.CREATE);
    assertThat(events)
        .allMatch(event -> event.source().group() != null)
        .allMatch(event -> solo.get(0).source().chatId().equals(event.source().parentChatId()));
  }

  @Test
  void a_group_whose_file_cannot_be_read_for_a_while_keeps_its_chats() throws Exception {
    SimulatedChat table = user.group("Harbour Table", mara);
    table.send("Hello.");
    List<TurnEvent> before = start();
    Path groups = user.directory().resolve("groups");

    Files.move(groups, groups.resolveSibling("away"));
    Files.writeString(
        table.path(), "\n" + Line.user("Anyone?", 50).json(), StandardOpenOption.APPEND);
    List<TurnEvent> events = task.next();

    assertThat(events).hasSize(1);
    assertThat(events.get(0).source().group()).isEqualTo(before.get(0).source().group());
  }

  @Test
  void a_user_that_is_not_wanted_any_more_is_left_alone() throws Exception {
    SimulatedChat chat = chat();
    SimulatedChat other = user.newChat(mara);
    other.ask("Delete me.", "Gladly.");
    start();
    stop();

    chat.send("Nobody listens.");
    other.delete();

    assertThat(start(Map.of(ChatSourceConfig.HANDLES, "somebody-else"))).isEmpty();
    assertThat(start())
        .extracting(event -> event.source().cause())
        .containsOnly(Cause.APPEND, Cause.CHAT_DELETED);
  }

  @Test
  void a_crash_after_any_record_of_renames_copies_and_deletions_leaves_the_right_chats()
      throws Exception {
    SimulatedChat renamed = chat();
    SimulatedChat deleted = chat();
    SimulatedChat replaced = chat();
    List<TurnEvent> first = start();
    Map<Map<String, ?>, Map<String, ?>> before = new HashMap<>(offsets);
    stop();
    renamed.rename("Another name");
    renamed.send("Under another name.");
    renamed.importCopy();
    deleted.delete();
    Files.writeString(replaced.path(), Line.chat("eeee", List.of(Line.user("Who are you?", 50))));

    try (TaskUnderTest crashing = new TaskUnderTest(root, offsets, Map.of())) {
      crashing.settle();
      for (int crash = 0; crash <= crashing.size(); crash++) {
        offsets.clear();
        offsets.putAll(before);
        crashing.commitFirst(crash);
        List<TurnEvent> events = new ArrayList<>(first);
        events.addAll(crashing.events(crash));
        events.addAll(start());
        List<List<String>> chats = texts(events);
        assertThat(chats)
            .as("crash after %d of %d records", crash, crashing.size())
            .containsExactlyInAnyOrder(
                List.of("Welcome.", "I live in Prague.", "A golden city.", "Under another name."),
                List.of("Welcome.", "I live in Prague.", "A golden city.", "Under another name."),
                List.of("Who are you?"));
      }
    }
  }

  /** What each chat says in the end. */
  private static List<List<String>> texts(List<TurnEvent> events) {
    FoldedChats folded = new FoldedChats(events);
    return folded.all().keySet().stream().map(folded::texts).toList();
  }
}
