package dev.tavernmem0.watcher.rescue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChatSummariesTest {
  private static final String ONE = "2026-11-01T01:00:00Z";
  private static final String TWO = "2026-11-01T02:00:00Z";
  private static final String THREE = "2026-11-01T03:00:00Z";

  private static List<ChatSummary> summaries(ChatSummaries summaries, LoggedChat... partitions) {
    for (LoggedChat partition : partitions) {
      partition.log.forEach(summaries::event);
      summaries.endOfPartition();
    }
    return summaries.all();
  }

  @Test
  void a_chat_that_lost_its_turns_tells_when_it_had_most() {
    LoggedChat chat = new LoggedChat("eve:1").saved(ONE).says(0, "a").says(1, "b");
    chat.saved(TWO).deletes("b").says(1, "c");
    chat.saved(THREE).deletes("c").deletes("a").withoutRaw().says(0, "d");

    ChatSummary summary = summaries(new ChatSummaries(null, null), chat).get(0);

    assertThat(summary.turns()).isEqualTo(1);
    assertThat(summary.rawTurns()).isZero();
    assertThat(summary.mostTurns()).isEqualTo(2);
    assertThat(summary.mostTurnsAt()).isEqualTo(TWO);
    assertThat(summary.firstSavedAt()).isEqualTo(ONE);
    assertThat(summary.lastSavedAt()).isEqualTo(THREE);
    assertThat(summary.deletedAt()).isNull();
    assertThat(summary.chatFile()).isEqualTo("chat.jsonl");
  }

  @Test
  void a_deleted_chat_is_listed_with_what_it_had() {
    LoggedChat chat = new LoggedChat("eve:1").saved(ONE).says(0, "a").says(1, "b");
    chat.saved(TWO).isDeleted("b", "a");

    ChatSummary summary = summaries(new ChatSummaries(null, null), chat).get(0);

    assertThat(summary.turns()).isEqualTo(2);
    assertThat(summary.rawTurns()).isEqualTo(2);
    assertThat(summary.lastSavedAt()).isEqualTo(ONE);
    assertThat(summary.deletedAt()).isEqualTo(TWO);
  }

  @Test
  void a_chat_that_moved_is_one_chat() {
    LoggedChat here = new LoggedChat("eve:1").saved(ONE).says(0, "a").says(1, "b");
    here.saved(THREE).isDeleted("b", "a");
    LoggedChat there = new LoggedChat("eve:1").in("Rust").saved(TWO).says(0, "a");

    for (List<ChatSummary> moved :
        List.of(
            summaries(new ChatSummaries(null, null), here, there),
            summaries(new ChatSummaries(null, null), there, here))) {
      assertThat(moved).hasSize(1);
      assertThat(moved.get(0).character()).isEqualTo("Rust");
      assertThat(moved.get(0).turns()).isEqualTo(1);
      assertThat(moved.get(0).mostTurns()).isEqualTo(2);
      assertThat(moved.get(0).firstSavedAt()).isEqualTo(Instant.parse(ONE));
      assertThat(moved.get(0).deletedAt()).isNull();
    }
  }

  @Test
  void chats_are_narrowed_by_user_and_character_and_those_saved_last_are_first() {
    LoggedChat mara = new LoggedChat("eve:1").saved(ONE).says(0, "a");
    LoggedChat rust = new LoggedChat("eve:2").in("Rust").saved(TWO).says(0, "a");

    assertThat(summaries(new ChatSummaries(null, null), mara, rust))
        .extracting(ChatSummary::chatId)
        .containsExactly("eve:2", "eve:1");
    assertThat(summaries(new ChatSummaries("eve", "Mara"), mara, rust))
        .extracting(ChatSummary::chatId)
        .containsExactly("eve:1");
    assertThat(summaries(new ChatSummaries("adam", null), mara, rust)).isEmpty();
  }
}
