package dev.tavernmem0.retriever.select;

import static dev.tavernmem0.retriever.Memories.memory;
import static dev.tavernmem0.retriever.Memories.ofTurns;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.identity.TurnHash;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.retriever.query.ChatMessage;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemorySelectionTest {
  private static final PromptTurns EMPTY_PROMPT = PromptTurns.of(List.of());
  private static final int PLENTY = 10_000;

  @Test
  void keeps_the_order_and_stops_at_the_limit() {
    var found = List.of(memory("1", "lives in Prague", 0.5), memory("2", "has a cat", 0.9));

    assertThat(ids(found, EMPTY_PROMPT, 5, PLENTY)).containsExactly("1", "2");
    assertThat(ids(found, EMPTY_PROMPT, 1, PLENTY)).containsExactly("1");
    assertThat(ids(found, EMPTY_PROMPT, 0, PLENTY)).isEmpty();
  }

  @Test
  void a_memory_whose_turns_are_all_in_the_prompt_is_left_out() {
    var prompt =
        PromptTurns.of(
            List.of(
                new ChatMessage(Role.USER, "Alex", "我住在布拉格 🏠"),
                new ChatMessage(Role.ASSISTANT, "Seraphina", "Nice!")));
    String question = TurnHash.of(Role.USER, "我住在布拉格 🏠");
    String answer = TurnHash.of(Role.ASSISTANT, "Nice!");
    String elsewhere = TurnHash.of(Role.USER, "I have a cat");

    assertThat(
            ids(
                List.of(
                    ofTurns("in the prompt", "Alex lives in Prague", question, answer),
                    ofTurns("partly", "Alex has a cat", question, elsewhere),
                    ofTurns("unknown origin", "Alex is a baker")),
                prompt,
                5,
                PLENTY))
        .containsExactly("partly", "unknown origin");
  }

  @Test
  void a_narrators_turn_is_recognised_as_asystem_message() {
    var prompt = PromptTurns.of(List.of(new ChatMessage(Role.SYSTEM, null, "The rain starts.")));

    assertThat(
            ids(
                List.of(ofTurns("1", "It rained", TurnHash.of(Role.NARRATOR, "The rain starts."))),
                prompt,
                5,
                PLENTY))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "User lives in Prague.,user lives in  Prague",
    "Alex likes hiking in the mountains,Alex likes hiking in the mountains!",
    "用户喜欢吃辣的四川火锅,用户喜欢吃辣的四川火锅。",
    "Alex plays the violin in the city orchestra,Alex plays the violin in the city's orchestra"
  })
  void what_says_the_same_in_almost_the_same_words_is_kept_once(String first, String second) {
    assertThat(
            ids(
                List.of(memory("1", first, 0.9), memory("2", second, 0.8)),
                EMPTY_PROMPT,
                5,
                PLENTY))
        .containsExactly("1");
  }

  @ParameterizedTest
  @CsvSource({
    "Alex has been living in Prague for 20 years,Alex has been living in Prague for 21 years",
    "Alex would like to travel to Japan again next year,Alex would not like to travel to Japan again next year",
    "用户非常喜欢在周末的时候去公园里散步和看书,用户不非常喜欢在周末的时候去公园里散步和看书",
    "Alex's favourite animal is 🐈,Alex's favourite animal is 🐍",
    "Alex lives in Prague,Seraphina lives in Prague with two dogs"
  })
  void what_differs_in_anumber_anegation_or_asubject_is_kept(String first, String second) {
    assertThat(
            ids(
                List.of(memory("1", first, 0.9), memory("2", second, 0.8)),
                EMPTY_PROMPT,
                5,
                PLENTY))
        .containsExactly("1", "2");
  }

  @Test
  void lines_stay_within_the_budget_and_along_memory_gives_way_to_shorter_ones() {
    var found =
        List.of(
            memory("short", "lives in Prague", 0.9),
            memory("long", "w".repeat(100), 0.8),
            memory("fits", "has a cat", 0.7));

    var selected = MemorySelection.select(found, EMPTY_PROMPT, 5, 40);

    assertThat(selected).extracting(s -> s.memory().id()).containsExactly("short", "fits");
    assertThat(String.join("\n", lines(selected))).hasSizeLessThanOrEqualTo(40);
  }

  @Test
  void the_best_memory_is_cut_if_nothing_fits() {
    var selected =
        MemorySelection.select(List.of(memory("1", "龙".repeat(100), 0.9)), EMPTY_PROMPT, 5, 20);

    assertThat(lines(selected)).singleElement().asString().hasSize(20).endsWith("…");
    assertThat(selected.get(0).memory().text()).hasSize(100);
  }

  @Test
  void no_room_means_no_memories() {
    assertThat(ids(List.of(memory("1", "lives in Prague", 0.9)), EMPTY_PROMPT, 5, 0)).isEmpty();
  }

  @Test
  void memories_that_say_nothing_are_left_out() {
    assertThat(ids(List.of(memory("1", " \n ", 0.9)), EMPTY_PROMPT, 5, PLENTY)).isEmpty();
  }

  @Test
  void scopes_are_merged_by_similarity_and_each_keeps_its_own_order() {
    var own = List.of(memory("own 1", "a", 0.4), memory("own 2", "b", 0.9));
    var group = List.of(memory("group 1", "c", 0.6), memory("group 2", "d", 0.5));

    assertThat(ScopeMerge.merge(Arrays.asList(own, group)))
        .extracting(Memory::id)
        .containsExactly("group 1", "group 2", "own 1", "own 2");
  }

  @Test
  void a_memory_found_in_several_scopes_is_kept_once() {
    var own = List.of(memory("1", "a", 0.4));

    assertThat(ScopeMerge.merge(Arrays.asList(own, own))).hasSize(1);
  }

  private static List<String> ids(List<Memory> found, PromptTurns prompt, int limit, int maxChars) {
    return MemorySelection.select(found, prompt, limit, maxChars).stream()
        .map(selected -> selected.memory().id())
        .toList();
  }

  private static List<String> lines(List<MemorySelection.Selected> selected) {
    return selected.stream().map(MemorySelection.Selected::line).toList();
  }
}
