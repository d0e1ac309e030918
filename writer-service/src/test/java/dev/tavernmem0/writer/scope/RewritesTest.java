package dev.tavernmem0.writer.scope;

import static dev.tavernmem0.writer.scope.Ledgers.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.ledger.Fate;
import java.util.List;
import org.junit.jupiter.api.Test;

class RewritesTest {
  private final Rewrites rewrites = new Rewrites();
  private final Chat chat = Turns.chat("chat");

  private Utterance said(String id) {
    Utterance utterance = new Utterance("says-" + id, "says-" + id);
    utterance.saidBy(Turns.turn(chat, id, 0, Role.USER, false));
    return utterance;
  }

  private static List<String> ids(List<SaidTurn> turns) {
    return turns.stream().map(SaidTurn::turnId).toList();
  }

  @Test
  void turns_are_written_again_in_the_order_of_their_batch_and_new_words_behind_them() {
    for (String id : List.of("new", "b", "a")) {
      rewrites.add("one", said(id), Lane.LIVE, Turns.TEN);
    }

    assertThat(
            ids(
                rewrites.turns(
                    "one", entry("one", Fate.RETRACTED, 0, Ledgers.turn("a"), Ledgers.turn("b")))))
        .containsExactly("a", "b", "new");
    assertThat(ids(rewrites.turns("one", null))).containsExactly("new", "b", "a");
    assertThat(rewrites.turns("two", null)).isEmpty();
  }

  @Test
  void what_is_written_is_no_more_to_be_written_again() {
    Utterance a = said("a");
    Utterance b = said("b");
    rewrites.add("one", a, Lane.LIVE, Turns.TEN);
    rewrites.add("one", b, Lane.LIVE, Turns.TEN);
    rewrites.add("two", said("c"), Lane.LIVE, Turns.TEN);

    rewrites.take(a);
    assertThat(a.rewriteOf()).isNull();
    assertThat(ids(rewrites.turns("one", null))).containsExactly("b");
    rewrites.take(b);
    assertThat(rewrites.batches()).containsExactly("two");
    assertThat(rewrites.contains("one")).isFalse();
    assertThat(rewrites.isEmpty()).isFalse();
    rewrites.take(said("never added"));
    assertThat(rewrites.contains("two")).isTrue();
  }

  @Test
  void what_is_released_waits_by_itself() {
    Utterance a = said("a");
    rewrites.add("one", a, Lane.LIVE, Turns.TEN);

    assertThat(rewrites.release("one")).containsExactly(a);
    assertThat(a.rewriteOf()).isNull();
    assertThat(rewrites.isEmpty()).isTrue();
    assertThat(rewrites.release("one")).isEmpty();
  }

  @Test
  void what_waits_to_be_written_again_waits_since_the_first_of_its_batch_does() {
    rewrites.add("one", said("a"), Lane.LIVE, Turns.TEN);
    rewrites.add("one", said("b"), Lane.LIVE, Turns.TEN.plusSeconds(9));
    rewrites.add("two", said("c"), Lane.LIVE, Turns.TEN.plusSeconds(20));

    assertThat(rewrites.since("one")).isEqualTo(Turns.TEN);
    assertThat(rewrites.since("two")).isEqualTo(Turns.TEN.plusSeconds(20));
    assertThat(rewrites.waiting()).isEqualTo(new Waiting(3, 0, Turns.TEN, null));
  }
}
