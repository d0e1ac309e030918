package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Role;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which turns say the same thing. */
class UtterancesTest {
  private final Utterances utterances = new Utterances();
  private final Chat one = Turns.chat("one");
  private final Chat two = Turns.chat("two");

  private Utterance says(Chat chat, String turnId, String key) {
    return says(chat, turnId, key, null);
  }

  private Utterance says(Chat chat, String turnId, String key, @Nullable String reason) {
    Utterance utterance = utterances.saidIn(chat, turnId, key);
    utterance.saidBy(Turns.turn(chat, turnId, 0, Role.USER, false, Turns.TEN, reason));
    return utterance;
  }

  @Test
  void turns_of_two_chats_with_the_same_words_say_the_same() {
    assertThat(says(one, "a", "yes")).isSameAs(says(two, "b", "yes"));
    assertThat(says(one, "c", "no")).isNotSameAs(utterances.find("yes"));
  }

  @Test
  void turns_of_one_chat_never_do() {
    assertThat(says(one, "a", "yes").id()).isEqualTo("yes");
    assertThat(says(one, "b", "yes").id()).isEqualTo("yes#2");
    assertThat(says(one, "c", "yes").id()).isEqualTo("yes#3");
    assertThat(says(one, "c", "yes").id()).as("the same turn again").isEqualTo("yes#3");
    assertThat(says(two, "d", "yes").id()).isEqualTo("yes");
    assertThat(says(two, "e", "yes").id()).isEqualTo("yes#2");
  }

  @Test
  void the_next_that_says_it_takes_the_first_that_is_free() {
    Utterance first = says(one, "a", "yes");
    Utterance second = says(one, "b", "yes");
    Utterance third = says(one, "c", "yes");
    first.inBatch("batch");
    first.notSaidBy("a");
    second.notSaidBy("b");
    utterances.dropIfUnused(first);
    utterances.dropIfUnused(second);
    utterances.dropIfUnused(third);

    assertThat(says(one, "d", "yes")).as("a batch holds it still").isSameAs(first);
    assertThat(says(one, "e", "yes")).as("nobody knew it any more").isNotSameAs(second);
    assertThat(utterances.find("yes#3")).as("still said").isSameAs(third);
  }

  @Test
  void what_nobody_says_and_no_batch_holds_is_forgotten() {
    Utterance only = says(one, "a", "yes");
    only.notSaidBy("a");
    utterances.dropIfUnused(only);

    assertThat(utterances.find("yes")).isNull();
    assertThat(says(one, "b", "yes")).isNotSameAs(only);
  }

  @Test
  void an_utterance_is_found_by_the_name_that_the_ledger_has_for_it() {
    Utterance second = utterances.named("yes#2");

    assertThat(second.key()).isEqualTo("yes");
    assertThat(utterances.named("yes#2")).isSameAs(second);
    assertThat(utterances.named("no").key()).isEqualTo("no");
    assertThat(says(one, "a", "yes")).as("free").isSameAs(second);
  }

  @Test
  void it_is_written_with_the_first_turn_that_is_worth_a_memory() {
    Utterance utterance = says(one, "a", "yes", "hidden");
    assertThat(utterance.anchor()).isNull();

    utterance.rewriteWith("batch");
    assertThat(utterance.anchor()).extracting(SaidTurn::turnId).isEqualTo("a");

    says(two, "b", "yes");
    assertThat(utterance.anchor()).extracting(SaidTurn::turnId).isEqualTo("b");
    utterance.notSaidBy("a");
    utterance.notSaidBy("b");
    assertThat(utterance.anchor()).isNull();
  }

  @Test
  void a_batch_has_it_from_its_own_turn_or_from_the_longest_known() {
    Utterance utterance = says(one, "a", "yes");
    says(two, "b", "yes");

    assertThat(utterance.saidPreferablyBy("b")).isSameAs(utterance.saidBy("b")).isNotNull();
    assertThat(utterance.saidPreferablyBy("c")).isSameAs(utterance.saidBy("a"));
    assertThat(utterance.saidBy("c")).isNull();
  }
}
