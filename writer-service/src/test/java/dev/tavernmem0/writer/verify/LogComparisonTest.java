package dev.tavernmem0.writer.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.writer.ChatLog;
import dev.tavernmem0.writer.scope.BatchRules;
import dev.tavernmem0.writer.scope.Eligibility;
import dev.tavernmem0.writer.scope.ScopeState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each way in which log and ledger can disagree is told, and nothing else. */
class LogComparisonTest {
  private static final Instant NOW = Instant.parse("2025-01-01T00:00:00Z");
  private static final BatchRules RULES =
      new BatchRules(
          6,
          8,
          Duration.ofSeconds(90),
          Duration.ofSeconds(180),
          Duration.ofMinutes(10),
          Duration.ofSeconds(5),
          4,
          10,
          Duration.ofSeconds(30));

  private final List<TurnEvent> log = new ArrayList<>();
  private final Map<Scope, ScopeState> scopes = new LinkedHashMap<>();

  private ChatLog chat(String character) {
    return new ChatLog("default-user:one", character, log::add).at(NOW);
  }

  private void fold(TurnEvent event, int offset) {
    scopes
        .computeIfAbsent(
            Scope.of(event.source()),
            scope ->
                new ScopeState(
                    scope,
                    RULES,
                    () -> 400,
                    new Eligibility(false, turn -> new Eligibility.Text(null, 1))))
        .fold(event, offset, NOW);
  }

  private void foldAll() {
    for (int offset = 0; offset < log.size(); offset++) {
      fold(log.get(offset), offset);
    }
  }

  private LogComparison compared(List<TurnEvent> events) {
    LogComparison comparison = LogComparison.with(scopes.values());
    for (int offset = 0; offset < events.size(); offset++) {
      comparison.record(offset, null, TurnEventCodec.encode(events.get(offset)));
    }
    return comparison;
  }

  private List<Difference.Kind> kinds(List<TurnEvent> events) {
    return compared(events).differences().stream().map(Difference::kind).toList();
  }

  @Test
  void what_was_read_to_its_end_is_no_difference() {
    ChatLog chat = chat("Seraphina");
    chat.user("One.");
    chat.reply("Two.");
    chat.user("Three.");
    chat.edit(0, "Eins.");
    chat.delete(1);
    chat.hide(1, true);
    chat.read();
    foldAll();

    LogComparison comparison = compared(log);

    assertThat(comparison.differences()).isEmpty();
    assertThat(comparison.turns()).isEqualTo(2);
    assertThat(comparison.chats()).isEqualTo(1);
  }

  @Test
  void a_turn_that_the_ledger_lacks_is_without_fate() {
    ChatLog chat = chat("Seraphina");
    chat.user("One.");
    chat.reply("Two.");
    fold(log.get(1), 1);

    assertThat(compared(log).differences())
        .containsExactly(
            new Difference(
                Difference.Kind.WITHOUT_FATE,
                "default-user",
                "Seraphina",
                "default-user:one",
                chat.turns().get(0).turnId()));
  }

  @Test
  void later_words_in_the_log_are_stale_ones_in_the_ledger() {
    ChatLog chat = chat("Seraphina");
    chat.user("One.");
    foldAll();
    chat.edit(0, "Eins.");

    assertThat(kinds(log)).containsExactly(Difference.Kind.STALE);
  }

  @Test
  void what_the_log_says_no_more_is_gone() {
    ChatLog chat = chat("Seraphina");
    chat.user("One.");
    chat.reply("Two.");
    foldAll();
    chat.delete(0);

    assertThat(kinds(log)).containsExactly(Difference.Kind.GONE);
    assertThat(kinds(List.of()))
        .as("the log is lost")
        .hasSize(2)
        .containsOnly(Difference.Kind.GONE);
  }

  @Test
  void what_is_under_another_character_is_in_the_wrong_scope() {
    chat("Robin").user("One.");
    foldAll();
    log.clear();
    chat("Seraphina").user("One.");

    assertThat(kinds(log))
        .as("it is to be written where the log has it, too")
        .containsExactlyInAnyOrder(Difference.Kind.WRONG_SCOPE, Difference.Kind.WITHOUT_FATE);
    foldAll();
    assertThat(compared(log).differences())
        .as("also if the right one has it too")
        .singleElement()
        .extracting(Difference::kind, Difference::agentId)
        .containsExactly(Difference.Kind.WRONG_SCOPE, "Robin");
  }

  @Test
  void what_the_log_has_under_two_characters_is_no_difference() {
    chat("Robin").user("One.");
    chat("Seraphina").user("One.");
    foldAll();

    assertThat(compared(log).differences()).isEmpty();
  }

  @Test
  void what_an_old_scope_says_no_more_the_new_one_still_says() {
    ChatLog old = chat("Robin");
    old.user("One.");
    chat("Seraphina").user("One.");
    old.deleteChat();
    foldAll();

    LogComparison comparison = compared(log);

    assertThat(comparison.differences()).isEmpty();
    assertThat(comparison.turns()).isEqualTo(1);
  }

  @Test
  void what_is_no_event_says_nothing() {
    chat("Seraphina").user("One.");
    foldAll();
    LogComparison comparison = compared(log);

    comparison.record(1, null, new byte[] {1});
    comparison.record(2, null, null);

    assertThat(comparison.differences()).isEmpty();
  }
}
