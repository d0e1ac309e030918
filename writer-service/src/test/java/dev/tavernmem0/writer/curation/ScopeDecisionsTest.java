package dev.tavernmem0.writer.curation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.curation.Added;
import dev.tavernmem0.common.curation.ChatIgnored;
import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.Edited;
import dev.tavernmem0.common.curation.Forgotten;
import dev.tavernmem0.common.curation.Pinned;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.identity.WrittenIds;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Which memories may stay when what they came from is written again. */
class ScopeDecisionsTest {
  private static final Scope SCOPE = new Scope("default-user", "Seraphina");
  private static final Predicate<String> THERE = Set.of("one")::contains;
  private static final Predicate<String> GONE = Set.of()::contains;

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
    assertThat(ScopeDecisions.NONE.letStay("one", "Alex likes tea", THERE)).isTrue();
  }

  @Test
  void what_is_forgotten_may_not_whatever_its_id_is_now() {
    ScopeDecisions decisions = ScopeDecisions.of(List.of(forgotten("one", "Alex likes tea")));

    assertThat(decisions.isNothing()).isFalse();
    assertThat(decisions.letStay("two", "Alex likes tea", THERE)).isFalse();
    assertThat(decisions.letStay("two", "Alex lives in Prague", THERE)).isTrue();
  }

  @Test
  void a_pinned_memory_stays_and_is_not_said_twice() {
    ScopeDecisions decisions = ScopeDecisions.of(List.of(pinned("one", "Alex likes tea")));

    assertThat(decisions.isNothing()).isFalse();
    assertThat(decisions.keptIds()).containsExactly("one");
    assertThat(decisions.letStay("one", "Alex likes tea", THERE)).isTrue();
    assertThat(decisions.letStay("two", "Alex likes tea", THERE)).isFalse();
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
    assertThat(decisions.letStay("two", "Alex hates coffee", THERE)).as("what it said").isFalse();
    assertThat(decisions.letStay("two", "Alex likes green tea from Japan", THERE)).isFalse();
    assertThat(decisions.letStay("two", "Alex likes rain", THERE)).isTrue();
  }

  @Test
  void what_a_user_wrote_is_not_said_again_by_a_model() {
    ScopeDecisions decisions =
        ScopeDecisions.of(List.of(new Added(SCOPE, "one", "Alex likes tea", 1)));

    assertThat(decisions.keptIds()).containsExactly("one");
    assertThat(decisions.letStay("two", "Alex likes tea", THERE)).isFalse();
  }

  @Test
  void what_a_kept_memory_said_stays_in_a_mem0_that_does_not_have_it() {
    ScopeDecisions decisions =
        ScopeDecisions.of(
            List.of(
                pinned("one", "Alex likes tea"),
                new Edited(
                    SCOPE,
                    "two",
                    "Alex lives in Bonn by the river",
                    "Alex lives in Prague",
                    null,
                    List.of(),
                    List.of(),
                    1)));

    assertThat(decisions.letStay("new", "Alex likes tea", GONE)).isTrue();
    assertThat(decisions.letStay("new", "Alex lives in Bonn by the river", GONE)).isTrue();
    assertThat(decisions.letStay("new", "Alex lives in Prague", GONE))
        .as("words that a user has corrected")
        .isFalse();
  }

  @Test
  void what_a_user_writes_just_now_counts_as_there_before_mem0_has_told_its_id() {
    String id = WrittenIds.of(SCOPE, "Alex likes tea");
    ScopeDecisions decisions =
        ScopeDecisions.of(List.of(new Added(SCOPE, id, "Alex likes tea", 1)));

    assertThat(decisions.letStay("two", "Alex likes tea", GONE)).isFalse();
  }

  @Test
  void what_is_pinned_and_then_forgotten_is_forgotten() {
    ScopeDecisions decisions =
        ScopeDecisions.of(
            List.of(pinned("one", "Alex likes tea"), forgotten("one", "Alex likes tea")));

    assertThat(decisions.keptIds()).isEmpty();
    assertThat(decisions.letStay("one", "Alex likes tea", THERE)).isFalse();
  }
}
