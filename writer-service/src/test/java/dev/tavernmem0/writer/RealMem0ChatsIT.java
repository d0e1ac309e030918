package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.mem0.AddRequest;
import dev.tavernmem0.common.mem0.Mem0Message;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.testkit.mem0.Generation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever happens to chats, the real mem0 remembers what they say now. Nothing here depends on
 * what its model answers in detail, so that it can be anybody's: see {@code MEM0_CONTRACT_URL}.
 */
@ParameterizedClass
@EnumSource(Generation.class)
class RealMem0ChatsIT extends RealMem0Fixture {
  @Parameter Generation generation;

  @Override
  Generation generation() {
    return generation;
  }

  @Test
  void edited_swiped_and_deleted_turns_are_remembered_as_the_chat_has_them_now() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = chat("one");
      chat.user("I live in Prague.");
      chat.reply("My brother Tomas keeps bees.");
      chat.user("My cat is called Mochi.");
      chat.reply("My sister Olga builds boats.");
      awaitTold(4);
      awaitRemembered("Prague");

      chat.edit(0, "I live in Lisbon.");
      chat.swipe(3, "My sister Olga paints icons.");
      chat.delete(2);

      awaitRemembered("Lisbon");
      awaitRemembered("icons");
      awaitRemembered("bees");
      assertSettled(writer);
      assertThat(memoryTexts()).noneMatch(text -> text.matches(".*(Prague|Mochi|boats).*"));
    }
  }

  @Test
  void a_rewrite_makes_all_memories_anew_and_tells_the_same() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = chat("one");
      chat.user("I live in Prague.");
      chat.reply("My brother Tomas keeps bees.");
      awaitTold(2);
      chat.user("My cat is called Mochi.");
      chat.reply("My sister Olga builds boats.");
      awaitTold(4);
      awaitRemembered("Prague");
      assertSettled(writer);
      Set<String> before = memories().stream().map(Memory::id).collect(Collectors.toSet());
      Api api = new Api(writer);

      String id = api.post("/v1/replays", "{\"mode\":\"rewrite\"}", 202).path("id").asString();

      await()
          .atMost(SOON)
          .until(() -> api.get("/v1/replays/" + id).path("state").asString().equals("completed"));
      awaitTold(4);
      assertSettled(writer);
      assertThat(api.get("/v1/replays/" + id).path("failed_turns").asInt()).isZero();
      assertThat(memories()).extracting(Memory::id).doesNotContainAnyElementsOf(before);
      assertThat(memoriesOf("Prague")).isPositive();
      assertThat(memoriesOf("bees")).isPositive();
      assertThat(api.get("/v1/differences").path("counts")).isEmpty();
    }
  }

  @Test
  void what_a_chat_and_its_branch_say_outlives_the_deletion_of_either() throws Exception {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = chat("one");
      chat.user("I live in Prague.");
      awaitTold(1);
      ChatLog branch = chat("branch").copyOf(chat, 1);
      branch.user("My cat is called Mochi.");
      awaitTold(2);

      chat.deleteChat();

      assertSettled(writer);
      assertThat(memoriesOf("Prague")).isPositive();

      branch.deleteChat();

      await().atMost(SOON).until(() -> writer.status().holds() == 1);
      String hold = call(writer, "GET", "/v1/holds").get(0).path("id").stringValue();
      call(writer, "POST", "/v1/holds/" + hold + "/confirm");
      awaitMemoriesOf("Prague", 0);
      awaitMemoriesOf("Mochi", 0);
      assertSettled(writer);
    }
  }

  @Test
  void a_fact_that_two_chats_tell_in_words_of_their_own_outlives_the_one() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog first = chat("one");
      first.user("My cat is called Mochi.");
      awaitTold(1);
      ChatLog second = chat("two");
      second.user("Mochi, the cat that I have, sleeps all day.");
      awaitTold(2);

      first.delete(0);

      awaitTurns(Fate.RETRACTED, 1);
      assertSettled(writer);
      assertThat(memoriesOf("Mochi")).isPositive();
    }
  }

  @Test
  void a_fact_that_two_chats_tell_in_the_same_words_outlives_the_first_in_1_x_only() {
    rig();
    try (WriterUnderTest writer = startWriter()) {
      ChatLog first = chat("one").at(Instant.parse("2026-01-01T10:00:00Z"));
      first.user("My cat is called Mochi.");
      awaitTurns(Fate.WRITTEN, 1);
      ChatLog second = chat("two").at(Instant.parse("2026-01-02T10:00:00Z"));
      second.user("My cat is called Mochi.");
      awaitTurns(Fate.EMPTY, 1);

      first.delete(0);

      awaitTurns(Fate.RETRACTED, generation == Generation.V1 ? 2 : 1);
      assertSettled(writer);
      // 2.x leaves out what it has word for word, and does not say which memory that is.
      assertThat(memoriesOf("Mochi")).isEqualTo(generation == Generation.V1 ? 1 : 0);
    }
  }

  @Test
  void what_mem0_has_lost_is_told_and_written_again_when_it_is_asked_for() throws Exception {
    try (WriterUnderTest writer = startWriter()) {
      chat("one").user("I live in Prague.");
      awaitTold(1);
      awaitRemembered("Prague");
      assertSettled(writer);
      writer.sweep(SOON);
      assertThat(writer.status().sweep().findings()).isEmpty();
      memories().forEach(memory -> mem0.delete(memory.id()));

      writer.sweep(SOON);
      assertThat(writer.status().sweep().missingBatches()).isEqualTo(1);
      assertThat(memories()).isEmpty();

      call(writer, "POST", "/v1/requeues?missing=true");
      awaitRemembered("Prague");
      assertSettled(writer);
      writer.sweep(SOON);
      assertThat(writer.status().sweep().findings()).isEmpty();
    }
  }

  @Test
  void what_mem0_stores_after_it_was_taken_back_is_deleted_and_nothing_else() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = chat("one");
      chat.user("I live in Prague.");
      awaitTold(1);
      awaitRemembered("Prague");
      Memory before = memories().get(0);
      chat.edit(0, "I live in Lisbon.");
      awaitRemembered("Lisbon");
      assertSettled(writer);
      Scope scope = new Scope(before.userId(), before.agentId());
      List<Mem0Message> late = List.of(new Mem0Message("user", "Alex: I live in Prague."));
      mem0.add(new AddRequest(late, scope, before.metadata(), false, null));
      mem0.add(new AddRequest(late, scope, Map.of("by", "hand"), false, null));
      assertThat(memoriesOf("Prague")).isEqualTo(2);

      writer.sweep(SOON);

      assertThat(writer.status().sweep().deleted()).isEqualTo(1);
      assertThat(memoriesOf("Prague")).as("written by hand").isEqualTo(1);
      assertThat(memoriesOf("Lisbon")).isPositive();
      assertThat(writer.status().sweep().findings()).isEmpty();
    }
  }
}
