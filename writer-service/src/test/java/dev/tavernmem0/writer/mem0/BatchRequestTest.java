package dev.tavernmem0.writer.mem0;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.ChatKind;
import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.Source;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.mem0.AddRequest;
import dev.tavernmem0.common.mem0.Mem0Message;
import dev.tavernmem0.writer.clean.Cleaning;
import dev.tavernmem0.writer.clean.CleaningRules;
import dev.tavernmem0.writer.kafka.LoggedTurn;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What mem0 is told of a batch. */
class BatchRequestTest {
  private static final Instant MONDAY = Instant.parse("2025-12-29T09:00:00Z");
  private static final Instant TUESDAY = Instant.parse("2025-12-30T10:00:00Z");
  private static final LedgerEntry BATCH =
      new LedgerEntry(
          "b1",
          0,
          "default-user:one",
          "Seraphina - 2025-12-29.jsonl",
          new Scope("default-user", "Seraphina"),
          List.of("Seraphina", "Bob"),
          Fate.PENDING,
          null,
          List.of(),
          List.of(),
          0,
          0);

  private static final Cleaning CLEANING = new Cleaning(CleaningRules.DEFAULT);

  private static LoggedTurn turn(
      String id, Role role, String name, String text, @Nullable Instant sentAt) {
    return turn(id, role, name, text, sentAt, null);
  }

  private static LoggedTurn turn(
      String id,
      Role role,
      String name,
      String text,
      @Nullable Instant sentAt,
      @Nullable Group group) {
    return new LoggedTurn(
        new Turn(id, "hash-" + id, 0, role, name, null, text, sentAt, false, false, 0, 1),
        new Source(
            "sillytavern",
            "test",
            "tavern",
            0,
            SnapshotMarker.FALSE,
            "default-user",
            "Seraphina",
            group == null ? ChatKind.SOLO : ChatKind.GROUP,
            group == null ? "Seraphina" : null,
            group,
            BATCH.chatId(),
            BATCH.chatFile(),
            null,
            Cause.APPEND,
            "save",
            null),
        new ConsumerRecord<>("turns", 0, 0, new byte[0], new byte[0]));
  }

  private static AddRequest request(LoggedTurn... turns) {
    return BatchRequest.of(BATCH, List.of(turns), CLEANING, true, false);
  }

  @Test
  void a_character_that_no_database_of_mem0_can_hold_is_left_out() {
    AddRequest request = request(turn("t1", Role.USER, "Al\0ex", "I live\0 in Prague.", MONDAY));

    assertThat(request.messages())
        .containsExactly(new Mem0Message("user", "Alex: I live in Prague."));
    assertThat(request.metadata()).containsEntry("speakers", List.of("Alex"));
  }

  @Test
  void for_a_mem0_that_forgets_what_users_say_all_speak_as_the_user_and_are_named() {
    AddRequest request =
        BatchRequest.of(
            BATCH,
            List.of(
                turn("t1", Role.USER, "Alex", "I live in Prague.", MONDAY),
                turn("t2", Role.ASSISTANT, "Seraphina", "A golden city.", MONDAY)),
            CLEANING,
            true,
            true);

    assertThat(request.messages())
        .containsExactly(
            new Mem0Message("user", "Alex: I live in Prague."),
            new Mem0Message("user", "Seraphina: A golden city."));
  }

  @Test
  void speakers_are_named_in_what_they_say_and_narrators_speak_as_the_user() {
    AddRequest request =
        request(
            turn("t1", Role.USER, "Alex", "I live in Prague.", MONDAY),
            turn("t2", Role.ASSISTANT, "Seraphina", "你好", MONDAY),
            turn("t3", Role.NARRATOR, "Narrator", "It rains.", MONDAY));

    assertThat(request.messages())
        .containsExactly(
            new Mem0Message("user", "Alex: I live in Prague."),
            new Mem0Message("assistant", "Seraphina: 你好"),
            new Mem0Message("user", "Narrator: It rains."));
    assertThat(request.scope()).isEqualTo(BATCH.scope());
    assertThat(request.infer()).isTrue();
  }

  @Test
  void memories_can_be_traced_to_their_turns_and_are_as_old_as_the_last_of_them() {
    AddRequest request =
        request(
            turn("t1", Role.USER, "Alex", "Hello.", MONDAY),
            turn("t2", Role.ASSISTANT, "Seraphina", "Hi.", TUESDAY),
            turn("t3", Role.USER, "Alex", "No date.", null));

    assertThat(request.metadata())
        .containsEntry("source", "sillytavern")
        .containsEntry("chatfile", BATCH.chatFile())
        .containsEntry("chat_id", BATCH.chatId())
        .containsEntry("batch_id", "b1")
        .containsEntry("turn_ids", List.of("t1", "t2", "t3"))
        .containsEntry("turn_hashes", List.of("hash-t1", "hash-t2", "hash-t3"))
        .containsEntry("speakers", List.of("Alex", "Seraphina"))
        .containsEntry("sent_at", TUESDAY.toString())
        .containsEntry("created_at", TUESDAY.toString())
        .doesNotContainKeys("group", "group_members");
  }

  @Test
  void memories_of_a_group_name_it_and_its_members() {
    Group group = new Group("g1", "The Inn", List.of("Seraphina", "Bob"));

    AddRequest request = request(turn("t1", Role.USER, "Alex", "Hello.", MONDAY, group));

    assertThat(request.metadata())
        .containsEntry("group", "The Inn")
        .containsEntry("group_members", List.of("Seraphina", "Bob"));
  }

  @Test
  void the_prompt_gives_the_day_of_the_conversation_or_the_days() {
    LoggedTurn monday = turn("t1", Role.USER, "Alex", "Hello.", MONDAY);
    LoggedTurn tuesday = turn("t2", Role.USER, "Alex", "Hello.", TUESDAY);

    assertThat(request(monday).prompt())
        .contains("on 2025-12-29")
        .contains("in the language that the messages are written in");
    assertThat(request(tuesday, monday).prompt()).contains("from 2025-12-29 to 2025-12-30");
  }

  @Test
  void without_any_date_mem0_is_told_none() {
    AddRequest request = request(turn("t1", Role.USER, "Alex", "Hello.", null));

    assertThat(request.metadata()).doesNotContainKeys("sent_at", "created_at");
    assertThat(request.prompt()).doesNotContain("took place").contains("language");
  }

  @Test
  void a_long_text_is_looked_for_by_its_start_without_splitting_a_character() {
    String start = "x".repeat(399);

    String query =
        BatchRequest.query(
            BATCH, List.of(turn("t1", Role.USER, "Alex", start + "😀 and more", MONDAY)));

    assertThat(query).isEqualTo(start);
  }

  @Test
  void a_blank_text_is_looked_for_by_the_chats_name() {
    assertThat(BatchRequest.query(BATCH, List.of(turn("t1", Role.USER, "Alex", " ", MONDAY))))
        .isEqualTo(BATCH.chatFile());
    assertThat(BatchRequest.query(BATCH, List.of())).isEqualTo(BATCH.chatFile());
  }
}
