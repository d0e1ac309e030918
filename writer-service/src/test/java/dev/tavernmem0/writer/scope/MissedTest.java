package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.writer.ChatLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Turns that the ledger has lost, and that are found in the log later. */
class MissedTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final List<TurnEvent> log = new ArrayList<>();
  private final ChatLog chat = new ChatLog("chat", "Seraphina", log::add).at(NOW);
  private final ScopeState scope =
      new ScopeState(
          Simulation.SCOPE, Simulation.RULES, () -> Simulation.MOST_TOKENS, Simulation.ELIGIBILITY);

  private void foldFrom(int offset) {
    for (int i = offset; i < log.size(); i++) {
      scope.fold(log.get(i), i, NOW);
    }
  }

  private List<Effect> missed(int offset) {
    return scope.foldMissed(log.get(offset), offset, NOW);
  }

  @Test
  void they_wait_as_backlog_and_their_offsets_are_nobodys_business() {
    chat.user("One.");

    assertThat(missed(0)).isEmpty();

    assertThat(scope.waiting().backlog()).isEqualTo(1);
    assertThat(scope.waiting().live()).isZero();
    assertThat(scope.next(Lane.LIVE, NOW.plus(Duration.ofHours(1)), true)).isNull();
    assertThat(scope.next(Lane.BACKLOG, NOW.plus(Duration.ofHours(1)), true))
        .isInstanceOf(Task.Write.class);
  }

  @Test
  void what_was_deleted_meanwhile_does_not_come_back() {
    chat.user("One.");
    chat.delete(0);
    foldFrom(1);

    missed(0);

    assertThat(scope.waiting()).isEqualTo(Waiting.NOTHING);
    assertThat(scope.fates()).isEmpty();
  }

  @Test
  void what_a_snapshot_did_not_name_meanwhile_does_not_come_back() {
    chat.user("One.");
    chat.user("Two.");
    chat.loseEventsOf(() -> chat.delete(0));
    int snapshot = log.size();
    chat.read();
    foldFrom(snapshot);

    missed(0);

    assertThat(scope.fates()).hasSize(1);
  }

  @Test
  void what_was_said_anew_meanwhile_stays() {
    chat.user("One.");
    chat.edit(0, "Uno.");
    foldFrom(1);

    missed(0);

    assertThat(scope.fates()).hasSize(1);
    assertThat(scope.fates().get(0).offset()).isEqualTo(1);
  }

  @Test
  void later_words_of_a_turn_that_is_known_take_the_place_of_the_old_ones() {
    chat.user("One.");
    foldFrom(0);
    chat.edit(0, "Uno.");

    missed(1);

    assertThat(scope.fates()).hasSize(1);
    assertThat(scope.fates().get(0).offset()).isEqualTo(1);
    assertThat(scope.waiting().turns()).isEqualTo(1);
  }
}
