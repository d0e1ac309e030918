package dev.tavernmem0.watcher.rescue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.watcher.chatfile.ChatFile;
import dev.tavernmem0.watcher.chatfile.ChatMessage;
import dev.tavernmem0.watcher.chatfile.Line;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is made of the events of a chat, whatever they are. */
class ChatRescueTest {
  private static final String CHAT = "eve:0b1c";
  private static final String ONE = "2026-11-01T01:00:00Z";
  private static final String TWO = "2026-11-01T02:00:00Z";
  private static final String THREE = "2026-11-01T03:00:00Z";
  private static final String FOUR = "2026-11-01T04:00:00Z";

  private final LoggedChat chat = new LoggedChat(CHAT);

  private static ChatRescue rescue(LoggedChat logged, String at) {
    ChatRescue rescue = new ChatRescue(CHAT, Instant.parse(at).toEpochMilli(), 1 << 20);
    logged.log.forEach(rescue::event);
    return rescue;
  }

  private Optional<RescuedChat> rescued(String at) {
    return rescue(chat, at).result();
  }

  private List<String> lines(String at) {
    List<String> file = List.of(text(rescued(at).orElseThrow()).split("\n", -1));
    return file.subList(1, file.size());
  }

  private List<String> lines() {
    return lines("9999-01-01T00:00:00Z");
  }

  private static String text(RescuedChat chat) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      chat.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(chat.bytes()).isEqualTo(out.size());
    return out.toString(StandardCharsets.UTF_8);
  }

  // --- What happens to turns

  @Test
  void turns_stand_where_the_events_put_them() {
    chat.saved(ONE).says(0, "a").says(1, "b").says(2, "c");
    chat.saved(TWO).says(1, "d").changes(2, "b2");
    chat.saved(THREE).moves(0, "c").deletes("a");

    assertThat(lines(ONE)).containsExactly("a", "b", "c");
    assertThat(lines(TWO)).containsExactly("a", "d", "b2", "c");
    assertThat(lines()).containsExactly("c", "d", "b2");
  }

  @Test
  void an_event_that_comes_twice_counts_once() {
    chat.saved(ONE).says(0, "a").says(1, "b").says(0, "a").deletes("b").deletes("b");

    assertThat(lines()).containsExactly("a");
  }

  @Test
  void an_event_of_a_kind_that_is_not_known_is_passed_over() {
    chat.saved(ONE).isRead("a", "b");
    chat.saved(TWO).reads(SnapshotMarker.FIRST_IN_DATA_COLLECTION, 0, "a");
    chat.add(Op.UNKNOWN, Cause.UNKNOWN, SnapshotMarker.FALSE, 7, "x");
    chat.reads(SnapshotMarker.LAST_IN_DATA_COLLECTION, 1, "c");

    assertThat(lines()).containsExactly("a", "c");
  }

  @Test
  void a_chat_without_turns_is_its_first_line() {
    chat.saved(ONE).isReadEmpty();

    assertThat(text(rescued(ONE).orElseThrow()))
        .isEqualTo(Line.header("0b1c"))
        .doesNotContain("\n");
  }

  // --- Snapshots

  @Test
  void a_snapshot_drops_what_it_does_not_name() {
    chat.saved(ONE).says(0, "a").says(1, "b").says(2, "c");
    chat.saved(TWO).isRead("c", "d");

    assertThat(lines()).containsExactly("c", "d");
    chat.saved(THREE).isReadEmpty();
    assertThat(lines()).isEmpty();
    assertThat(lines(TWO)).containsExactly("c", "d");
  }

  @Test
  void a_snapshot_that_is_cut_off_drops_nothing_until_it_is_whole() {
    chat.saved(ONE).says(0, "a").says(1, "b").says(2, "c");
    chat.saved(TWO).reads(SnapshotMarker.FIRST_IN_DATA_COLLECTION, 0, "a");
    chat.saved(THREE).says(3, "d").reads(SnapshotMarker.LAST_IN_DATA_COLLECTION, 3, "d");
    assertThat(lines()).containsExactly("a", "b", "c", "d");

    chat.isRead("a", "c", "d");
    assertThat(lines()).containsExactly("a", "c", "d");
  }

  // --- Times

  @Test
  void a_time_lies_before_or_after_a_save_and_never_amid_it() {
    chat.saved(ONE).says(0, "a");
    chat.saved(TWO, THREE).deletes("a").says(0, "b");

    assertThat(lines("2026-11-01T01:59:59.999Z")).containsExactly("a");
    assertThat(lines(TWO)).containsExactly("b");
    assertThat(rescued(FOUR).orElseThrow().savedAt()).isEqualTo(TWO);
  }

  @Test
  void an_older_file_in_its_place_counts_from_when_it_was_noticed() {
    chat.saved(TWO).says(0, "a").says(1, "b");
    chat.saved(ONE, THREE).deletes("b").changes(0, "a2");

    assertThat(lines(TWO)).containsExactly("a", "b");
    assertThat(lines(THREE)).containsExactly("a2");
  }

  @Test
  void nothing_is_noticed_before_it_happens() {
    chat.saved(FOUR, ONE).says(0, "a");
    chat.saved(TWO).says(1, "b");

    assertThat(lines(ONE)).containsExactly("a");
    assertThat(lines(TWO)).containsExactly("a", "b");
  }

  @Test
  void a_time_at_which_nothing_was_known_of_the_chat_says_since_when_it_is() {
    chat.saved(TWO).says(0, "a");

    ChatRescue rescue = rescue(chat, ONE);

    assertThat(rescue.result()).isEmpty();
    assertThat(rescue.firstAt()).contains(Instant.parse(TWO));
    assertThat(rescue(new LoggedChat(CHAT), ONE).firstAt()).isEmpty();
  }

  // --- Chats that go

  @Test
  void a_deleted_chat_is_as_it_was_before() {
    chat.saved(ONE).says(0, "a").says(1, "b");
    chat.saved(TWO).isDeleted("b", "a");

    assertThat(lines()).containsExactly("a", "b");
    assertThat(rescued(FOUR).orElseThrow().deletedAt()).isEqualTo(TWO);
    assertThat(rescued(FOUR).orElseThrow().savedAt()).isEqualTo(ONE);
    assertThat(rescued(ONE).orElseThrow().deletedAt()).isNull();
  }

  @Test
  void a_deleted_chat_that_is_there_again_is_as_it_came_back() {
    chat.saved(ONE).says(0, "a").says(1, "b");
    chat.saved(TWO).isDeleted("b", "a");
    chat.saved(THREE).says(0, "b");

    assertThat(lines()).containsExactly("b");
    assertThat(rescued(FOUR).orElseThrow().deletedAt()).isNull();
    assertThat(lines(TWO)).containsExactly("a", "b");
  }

  @Test
  void turns_that_are_all_deleted_are_gone_though_the_chat_is_not() {
    chat.saved(ONE).says(0, "a");
    chat.saved(TWO).deletes("a");

    assertThat(lines()).isEmpty();
    assertThat(rescued(FOUR).orElseThrow().deletedAt()).isNull();
    assertThat(lines(ONE)).containsExactly("a");
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void a_chat_that_moved_is_where_it_lives_in_whatever_order_that_is_told(boolean deletionFirst) {
    LoggedChat there = new LoggedChat(CHAT).in("Rust").saved(TWO).says(0, "a").says(1, "b");
    chat.saved(ONE).says(0, "a");
    chat.saved(THREE).isDeleted("a");
    if (deletionFirst) {
      chat.log.addAll(there.log);
    } else {
      chat.log.addAll(0, there.log);
    }

    assertThat(lines()).containsExactly("a", "b");
    assertThat(rescued(FOUR).orElseThrow().deletedAt()).isNull();
    assertThat(lines(ONE)).containsExactly("a");
  }

  @Test
  void a_copy_that_somebody_else_says_is_there_is_not_taken_for_a_later_one_that_was_deleted() {
    chat.log.addAll(new LoggedChat(CHAT).in("Rust").saved(ONE).says(0, "a").log);
    chat.saved(TWO).says(0, "a").says(1, "b");
    chat.saved(THREE).isDeleted("a", "b");

    assertThat(lines()).containsExactly("a", "b");
    assertThat(rescued(FOUR).orElseThrow().deletedAt()).isNotNull();
  }

  // --- Memory

  @Test
  void other_chats_are_not_wanted() {
    ChatRescue rescue = new ChatRescue(CHAT, 0, 100);

    assertThat(rescue.wants(CHAT)).isTrue();
    assertThat(rescue.wants(CHAT + ":1")).isFalse();
  }

  @Test
  void a_chat_that_does_not_fit_into_the_memory_is_refused_and_one_that_is_often_edited_is_not() {
    ChatRescue edited = new ChatRescue(CHAT, Long.MAX_VALUE, 100);
    for (int i = 0; i < 50; i++) {
      chat.changes(0, "a".repeat(60));
    }
    chat.log.forEach(edited::event);
    assertThat(edited.result()).isPresent();

    ChatRescue large = new ChatRescue(CHAT, Long.MAX_VALUE, 100);
    chat.says(1, "b".repeat(60));
    assertThatThrownBy(() -> chat.log.forEach(large::event))
        .isInstanceOf(ChatRescue.TooLargeException.class)
        .hasMessageContaining("100 bytes");
  }

  // --- Lines that are not in the log

  @Test
  void a_line_that_is_not_in_the_log_says_what_its_turn_says() {
    Group group = new Group("g", "The crew", List.of("Ann Lee", "Teo"));
    chat.of(group).withoutRaw().saved(ONE);
    Instant sent = Instant.parse("2026-11-01T00:00:00Z");
    List<Turn> turns =
        List.of(
            turn("1", 0, Role.USER, "Eve", null, "\"Hi\"\n \uD83D\uDC08", sent, false),
            turn("2", 1, Role.ASSISTANT, "Ann", "Ann Lee", "猫", sent.plusMillis(70), true),
            turn("3", 2, Role.ASSISTANT, "Nobody", "Nobody", "…", null, false),
            turn("4", 3, Role.NARRATOR, "System", null, "Rain.", sent, false),
            turn("5", 4, Role.SYSTEM, "Note", null, "", sent, true));
    turns.forEach(turn -> chat.add(Op.CREATE, Cause.APPEND, SnapshotMarker.FALSE, turn));

    RescuedChat rescued = rescued(ONE).orElseThrow();

    assertThat(rescued.turns()).isEqualTo(5);
    assertThat(rescued.rebuiltTurns()).isEqualTo(5);
    ChatFile file = Line.file(text(rescued));
    assertThat(file.badLineCount()).isZero();
    assertThat(file.size()).isEqualTo(turns.size());
    for (int i = 0; i < turns.size(); i++) {
      ChatMessage message = file.message(i);
      Turn turn = turns.get(i);
      assertThat(message.role()).isEqualTo(turn.role());
      assertThat(message.name()).isEqualTo(turn.name());
      assertThat(message.text()).isEqualTo(turn.text());
      assertThat(message.hidden()).isEqualTo(turn.hidden());
      assertThat(message.sendDate() == null ? null : message.sendDate().instant())
          .isEqualTo(turn.sentAt());
    }
    assertThat(file.message(1).avatar()).isEqualTo("Ann Lee.png");
    assertThat(file.message(2).avatar()).isNull();
    assertThat(text(rescued)).contains("\"send_date\":\"2026-11-01T00:00:00.000Z\"");
  }

  @Test
  void a_solo_chats_character_needs_no_avatar() {
    chat.withoutRaw().saved(ONE).says(0, "a");

    assertThat(lines())
        .containsExactly(
            "{\"name\":\"Mara\",\"is_user\":false,\"is_system\":false,\"mes\":\"a\",\"extra\":{}}");
  }

  @ParameterizedTest
  @CsvSource({
    "eve:0b1c-2d, 0b1c-2d",
    "eve:0b1c-2d:99aa, 0b1c-2d",
    "eve:a+b%2Fc, a b/c",
    "eve:path:99aa, ",
    "elsewhere, "
  })
  void the_first_line_has_the_integrity_that_the_chats_id_tells(String chatId, String integrity) {
    String header = new String(RescuedHeader.of(chatId).bytes(), StandardCharsets.UTF_8);

    assertThat(Line.file(header).header().integrity()).isEqualTo(integrity);
    assertThat(header).endsWith("},\"user_name\":\"unused\",\"character_name\":\"unused\"}");
  }

  private static Turn turn(
      String id,
      int position,
      Role role,
      String name,
      @Nullable String agent,
      String text,
      @Nullable Instant sentAt,
      boolean hidden) {
    return new Turn(id, "h", position, role, name, agent, text, sentAt, hidden, false, 0, 1);
  }
}
