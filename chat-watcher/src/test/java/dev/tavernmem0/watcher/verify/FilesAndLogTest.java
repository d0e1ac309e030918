package dev.tavernmem0.watcher.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.watcher.chatfile.ChatLimits;
import dev.tavernmem0.watcher.chatfile.Line;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.rescue.LoggedChat;
import dev.tavernmem0.watcher.rescue.TurnReader;
import dev.tavernmem0.watcher.state.ChatEntry;
import dev.tavernmem0.watcher.track.GoneChat;
import dev.tavernmem0.watcher.verify.Difference.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chat files in a directory and events in a list; all lines are Mara's, and say one letter. */
class FilesAndLogTest {
  private static final String CHAT = "eve:1";
  private static final ChatPath PATH = ChatPath.of("eve", "Mara", "chat.jsonl");

  @TempDir private Path root;
  private final List<TurnEvent> log = new ArrayList<>();
  private final Map<ChatPath, ChatEntry> tracked = new HashMap<>();
  private ChatLimits limits = new ChatLimits(1 << 20, 1_000);
  private Runnable meanwhile = () -> {};
  private final Map<String, Integer> forgotten = new HashMap<>();
  private int reads;

  private Path save(ChatPath path, @Nullable String integrity, String... texts) {
    try {
      Path file = root.resolve(path.toString());
      Files.createDirectories(file.getParent());
      String chat = Line.chat("1", Arrays.stream(texts).map(text -> Line.ai(text, 0)).toList());
      return Files.writeString(
          file, integrity == null ? chat.replace("\"integrity\":\"1\"", "") : chat);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void save(String... texts) {
    save(PATH, "1", texts);
  }

  private void track(ChatPath path, String chatId, String scope) {
    tracked.put(path, new ChatEntry(chatId, "1", null).in(scope));
  }

  private void track() {
    track(PATH, CHAT, "Mara");
  }

  private void logged(LoggedChat chat) {
    log.addAll(chat.log);
  }

  private static LoggedChat chat(String... texts) {
    LoggedChat chat = new LoggedChat(CHAT).saved("2026-11-01T10:00:00Z");
    for (int i = 0; i < texts.length; i++) {
      chat.says(i, texts[i]);
    }
    return chat;
  }

  private int read(TurnReader reader) {
    reads++;
    log.stream().filter(event -> reader.wants(event.source().chatId())).forEach(reader::event);
    reader.endOfPartition();
    return 3;
  }

  private Differences compare(int most) {
    ChatReading reading =
        new ChatReading(
            new TavernTree(root, handle -> !handle.equals("adam")), limits, ZoneOffset.UTC);
    return filesAndLog(reading).compare(most);
  }

  private FilesAndLog filesAndLog(ChatReading reading) {
    return new FilesAndLog(
        "tavern",
        reading,
        () -> tracked,
        this::read,
        chatId -> forgotten.getOrDefault(chatId, 0),
        () -> meanwhile.run());
  }

  /** The scopes in which chats are gone, of those that are asked for. */
  private List<String> gone(String... chatIds) {
    ChatReading reading =
        new ChatReading(new TavernTree(root, handle -> true), limits, ZoneOffset.UTC);
    return filesAndLog(reading).gone(Set.of(chatIds)).stream().map(GoneChat::scope).toList();
  }

  private List<Difference> differences() {
    return compare(10).differences();
  }

  private static Difference difference(
      Kind kind, @Nullable String chatId, @Nullable String turnId, @Nullable Integer position) {
    return new Difference(kind, "eve", "chats/Mara/chat.jsonl", chatId, turnId, position);
  }

  @Test
  void what_is_the_same_is_silent_and_read_once() {
    save("a", "b");
    track();
    logged(chat("a", "b"));

    Differences differences = compare(10);

    assertThat(differences).isEqualTo(new Differences(1, 2, 0, 0, 3, Map.of(), List.of()));
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void what_was_forgotten_is_not_missed_in_the_log() {
    save("a", "b", "c");
    track();
    logged(chat("a", "c"));
    forgotten.put(CHAT, 1);

    assertThat(differences()).isEmpty();
  }

  @Test
  void a_chat_that_was_forgotten_is_not_missed_in_the_log() {
    save("a", "b");
    track();
    forgotten.put(CHAT, 2);

    assertThat(differences()).isEmpty();
  }

  @Test
  void more_that_is_missing_than_was_forgotten_is_told() {
    save("a", "b", "c");
    track();
    logged(chat("a"));
    forgotten.put(CHAT, 1);

    assertThat(differences()).hasSize(2);
  }

  @Test
  void what_makes_no_event_is_no_difference() throws IOException {
    Path file = save(PATH, "1", "a");
    Files.writeString(file, Files.readString(file) + "\r\n\nno message at all\n");
    track();
    logged(chat("a"));
    logged(new LoggedChat("eve:gone").says(0, "x").says(1, "y").isDeleted("y", "x"));
    logged(new LoggedChat("eve:empty").isReadEmpty());
    save(ChatPath.of("eve", null, "unborn.jsonl"), null, "hello");
    save(ChatPath.of("eve", "Mara", "none.jsonl"), "1");
    save(ChatPath.of("adam", "Mara", "not wanted.jsonl"), "1", "a");
    Files.writeString(root.resolve("eve/chats/Mara/chat.jsonl.77"), "a save under way");

    assertThat(differences()).isEmpty();
  }

  @Test
  void another_sillytavern_of_the_same_log_is_not_looked_at() {
    save("a");
    track();
    logged(chat("a"));
    TurnEvent other = new LoggedChat("eve:2").says(0, "x").log.get(0);
    FilesAndLog elsewhere =
        new FilesAndLog(
            "elsewhere",
            new ChatReading(new TavernTree(root, handle -> true), limits, ZoneOffset.UTC),
            Map::of,
            reader -> {
              reader.event(other);
              reader.endOfPartition();
              return 0;
            },
            chatId -> 0,
            () -> {});

    assertThat(elsewhere.compare(10).counts()).containsOnlyKeys(Kind.CHAT_NOT_IN_LOG);
  }

  @Test
  void a_chat_that_the_log_does_not_have() {
    save("a", "b");

    assertThat(differences()).containsExactly(difference(Kind.CHAT_NOT_IN_LOG, null, null, null));
    track();
    assertThat(differences()).containsExactly(difference(Kind.CHAT_NOT_IN_LOG, CHAT, null, null));
  }

  @Test
  void a_deletion_that_did_not_happen() {
    save("a", "b");
    track();
    logged(chat("a", "b").isDeleted("b"));
    assertThat(differences()).containsExactly(difference(Kind.TURN_NOT_IN_LOG, CHAT, null, 1));

    logged(new LoggedChat(CHAT).isDeleted("a"));
    assertThat(differences()).containsExactly(difference(Kind.CHAT_NOT_IN_LOG, CHAT, null, null));
  }

  @Test
  void turns_that_only_one_has_and_other_words() {
    save("a", "b", "c");
    track();
    logged(chat("a", "c", "d"));
    assertThat(differences())
        .containsExactly(
            difference(Kind.TURN_NOT_IN_LOG, CHAT, null, 1),
            difference(Kind.TURN_NOT_IN_FILE, CHAT, "d", null));

    logged(new LoggedChat(CHAT).isRead("a", "bee", "c"));
    assertThat(differences()).containsExactly(difference(Kind.STALE, CHAT, "b", 1));

    logged(new LoggedChat(CHAT).isRead("a", "b", "c"));
    assertThat(differences()).as("after a snapshot").isEmpty();
  }

  @Test
  void a_chat_whose_file_is_not_there() throws IOException {
    Files.createDirectories(root.resolve("eve/chats/Mara"));
    logged(chat("a"));

    assertThat(differences()).containsExactly(difference(Kind.FILE_GONE, CHAT, null, null));
    track();
    assertThat(differences()).containsExactly(difference(Kind.FILE_GONE, CHAT, null, null));
  }

  @Test
  void while_the_directory_is_away_no_file_is_gone() {
    track();
    logged(chat("a"));

    Differences differences = compare(10);

    assertThat(differences.counts()).isEmpty();
    assertThat(differences.notCompared()).isEqualTo(1);
  }

  @Test
  void while_a_renamed_characters_directory_cannot_be_listed_no_file_is_gone() throws IOException {
    ChatPath renamed = ChatPath.of("eve", "Maria", "chat.jsonl");
    track(renamed, CHAT, "Mara");
    logged(chat("a"));
    Files.createDirectories(root.resolve("eve/chats"));
    Files.createSymbolicLink(root.resolve("eve/chats/Maria"), root);

    Differences differences = compare(10);

    assertThat(differences.counts()).isEmpty();
    assertThat(differences.notCompared()).isEqualTo(1);
  }

  @Test
  void another_chat_has_taken_the_files_place() {
    save("x");
    track(PATH, "eve:2", "Mara");
    logged(chat("a"));
    logged(new LoggedChat("eve:2").says(0, "x"));

    assertThat(differences()).containsExactly(difference(Kind.FILE_GONE, CHAT, null, null));
  }

  @Test
  void the_watcher_has_lost_the_file() {
    save("a");
    logged(chat("a"));

    assertThat(differences()).containsExactly(difference(Kind.NOT_TRACKED, CHAT, null, null));
  }

  @Test
  void a_renamed_character_is_no_difference_and_what_another_scope_says_is_one() {
    ChatPath renamed = ChatPath.of("eve", "Maria", "new.jsonl");
    save(renamed, "1", "a");
    track(renamed, CHAT, "Mara");
    logged(chat("a"));
    assertThat(differences()).isEmpty();

    logged(new LoggedChat(CHAT).in("Rust").says(0, "a"));
    assertThat(compare(10).counts()).isEqualTo(Map.of(Kind.FILE_GONE, 1));
  }

  @Test
  void a_chat_can_be_deleted_where_neither_file_nor_state_has_it() throws IOException {
    ChatPath renamed = ChatPath.of("eve", "Maria", "new.jsonl");
    save(renamed, "1", "a");
    track(renamed, CHAT, "Mara");
    logged(chat("a"));
    logged(new LoggedChat(CHAT).in("Rust").says(0, "a"));
    logged(new LoggedChat("eve:2").in("Nora").says(0, "b"));

    assertThat(gone(CHAT)).containsExactly("Rust");
    assertThat(gone(CHAT, "eve:2")).containsExactlyInAnyOrder("Rust", "Nora");
    assertThat(gone("eve:3")).isEmpty();
    Files.delete(root.resolve(renamed.toString()));
    assertThat(gone(CHAT)).as("what it knows the watcher deletes itself").containsExactly("Rust");
    save(ChatPath.of("eve", "Rust", "chat.jsonl"), "1", "a");
    assertThat(gone(CHAT)).as("a file that it does not know is there").isEmpty();
  }

  @Test
  void a_hostile_name_is_a_file_that_is_not_there() throws IOException {
    Files.createDirectories(root.resolve("eve/chats"));
    LoggedChat chat = new LoggedChat(CHAT).in("..\0/../..");
    logged(chat.says(0, "a"));

    assertThat(compare(10).counts()).isEqualTo(Map.of(Kind.FILE_GONE, 1));
  }

  @Test
  void what_is_mended_meanwhile_is_no_difference() {
    save("a", "b");
    track();
    logged(chat("a"));
    meanwhile = () -> logged(new LoggedChat(CHAT).says(1, "b"));

    assertThat(compare(10)).isEqualTo(new Differences(1, 2, 0, 0, 3, Map.of(), List.of()));
    assertThat(reads).isEqualTo(2);
  }

  @Test
  void a_new_file_that_is_published_meanwhile_is_no_difference() {
    save("a");
    meanwhile =
        () -> {
          track();
          logged(chat("a"));
        };

    assertThat(compare(10).counts()).isEmpty();
  }

  @Test
  void a_file_that_is_being_written_is_busy() {
    save("a", "b");
    track();
    logged(chat("a"));
    meanwhile = () -> save("a", "b", "c");

    Differences differences = compare(10);

    assertThat(differences.busy()).isEqualTo(1);
    assertThat(differences.counts()).isEmpty();
  }

  @Test
  void a_file_that_goes_meanwhile_is_busy() {
    save("a", "b");
    track();
    logged(chat("a"));
    meanwhile =
        () -> {
          try {
            Files.delete(root.resolve(PATH.toString()));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };

    assertThat(compare(10).busy()).isEqualTo(1);
  }

  @Test
  void a_file_that_cannot_be_read_is_not_compared() {
    save("a", "b");
    track();
    logged(chat("a"));
    limits = new ChatLimits(1 << 20, 1);

    Differences differences = compare(10);

    assertThat(differences.counts()).isEmpty();
    assertThat(differences.notCompared()).isEqualTo(1);
  }

  @Test
  void all_are_counted_and_some_told() {
    save("a", "b", "c");
    track();
    LoggedChat chat = chat("a");
    chat.add(Op.UPDATE, Cause.EDIT, SnapshotMarker.FALSE, 0, "a");
    logged(chat);

    Differences differences = compare(1);

    assertThat(differences.counts()).isEqualTo(Map.of(Kind.TURN_NOT_IN_LOG, 2));
    assertThat(differences.differences())
        .containsExactly(difference(Kind.TURN_NOT_IN_LOG, CHAT, null, 1));
  }
}
