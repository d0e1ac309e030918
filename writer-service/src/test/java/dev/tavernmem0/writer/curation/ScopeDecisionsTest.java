package dev.tavernmem0.writer.curation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.curation.Added;
import dev.tavernmem0.common.curation.ChatIgnored;
import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.Edited;
import dev.tavernmem0.common.curation.Forgotten;
import dev.tavernmem0.common.curation.Pinned;
import dev.tavernmem0.common.identity.Scope;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which memories may stay when what they came from is written again. */
class ScopeDecisionsTest {
  private static final Scope SCOPE = new Scope("default-user", "Seraphina");

  private static Curation forgotten(String id, String text) {
    return new Forgotten(SCOPE, id, text, null, List.of(), List.of(), 1);
  }

  private static Curation pinned(String id, String text) {
    return new Pinned(SCOPE, id, text, null, List.of(), List.of(), 1);
  }

  @Test
  void where_nothing_was_decided_all_may_stay() {
    assertThat(ScopeDecisions.NONE.isNothing()).isTrue();
    assertThat(ScopeDecisions.of(List.of(new ChatIgnored(SCOPE, "chat", 1))).isNothing()).isTrue();
    assertThat(ScopeDecisions.NONE.letStay("one", "Alex likes tea")).isTrue();
  }

  @Test
  void what_is_forgotten_may_not_whatever_its_id_is_now() {
    ScopeDecisions decisions = ScopeDecisions.of(List.of(forgotten("one", "Alex likes tea")));

    assertThat(decisions.isNothing()).isFalse();
    assertThat(decisions.letStay("two", "Alex likes tea")).isFalse();
    assertThat(decisions.letStay("two", "Alex lives in Prague")).isTrue();
  }

  @Test
  void a_pinned_memory_stays_and_is_not_said_twice() {
    ScopeDecisions decisions = ScopeDecisions.of(List.of(pinned("one", "Alex likes tea")));

    assertThat(decisions.isNothing()).isFalse();
    assertThat(decisions.keptIds()).containsExactly("one");
    assertThat(decisions.letStay("one", "Alex likes tea")).isTrue();
    assertThat(decisions.letStay("two", "Alex likes tea")).isFalse();
  }

  @Test
  void an_edited_memory_stays_as_it_was_edited() {
    ScopeDecisions decisions =
        ScopeDecisions.of(
            List.of(
                new Edited(
                    SCOPE,
                    "one",
                    "Alex likes green tea from Japan",
                    "Alex hates coffee",
                    null,
                    List.of(),
                    List.of(),
                    1)));

    assertThat(decisions.keptIds()).containsExactly("one");
    assertThat(decisions.letStay("two", "Alex hates coffee")).as("what it said").isFalse();
    assertThat(decisions.letStay("two", "Alex likes green tea from Japan")).isFalse();
    assertThat(decisions.letStay("two", "Alex likes rain")).isTrue();
  }

  @Test
  void what_a_user_wrote_is_not_said_again_by_a_model() {
    ScopeDecisions decisions =
        ScopeDecisions.of(List.of(new Added(SCOPE, "one", "Alex likes tea", 1)));

    assertThat(decisions.keptIds()).containsExactly("one");
    assertThat(decisions.letStay("two", "Alex likes tea")).isFalse();
  }

  @Test
  void what_is_pinned_and_then_forgotten_is_forgotten() {
    ScopeDecisions decisions =
        ScopeDecisions.of(
            List.of(pinned("one", "Alex likes tea"), forgotten("one", "Alex likes tea")));

    assertThat(decisions.keptIds()).isEmpty();
    assertThat(decisions.letStay("one", "Alex likes tea")).isFalse();
  }
}
