package dev.tavernmem0.writer.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What operators are told of long work. */
class ProgressTest {
  private static final Instant BEGUN = Instant.parse("2026-11-01T10:00:00Z");

  private static LedgerEntry batch(Fate fate, int turns) {
    return new LedgerEntry(
        "b",
        0,
        "chat",
        "chat.jsonl",
        new Scope("user", "agent"),
        List.of(),
        fate,
        null,
        Collections.nCopies(turns, new LedgerTurn("t", null, "u", "h", 0, false)),
        List.of(),
        1,
        0);
  }

  @Test
  void the_rest_takes_as_long_as_the_last_minutes_say() {
    Progress progress = new Progress(BEGUN);
    for (int second = 1; second <= 120; second++) {
      progress.done(batch(Fate.WRITTEN, 5), BEGUN.plusSeconds(second));
    }
    Instant now = BEGUN.plusSeconds(120);

    assertThat(progress.turnsPerMinute(now)).isCloseTo(300, within(1.0));
    assertThat(progress.secondsLeft(6_000, now)).isEqualTo(1_200L);
    assertThat(progress.secondsLeft(0, now)).isZero();
  }

  @Test
  void what_is_long_ago_says_nothing_of_the_rest() {
    Progress progress = new Progress(BEGUN);
    progress.done(batch(Fate.WRITTEN, 5), BEGUN.plusSeconds(1));

    assertThat(progress.secondsLeft(100, BEGUN.plus(Duration.ofMinutes(6)))).isNull();
  }

  @Test
  void a_retraction_is_no_progress() {
    Progress progress = new Progress(BEGUN);
    progress.done(batch(Fate.RETRACTED, 5), BEGUN.plusSeconds(1));

    assertThat(progress.turnsPerMinute(BEGUN.plusSeconds(2))).isZero();
  }

  @ParameterizedTest(name = "{6}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # written | empty | dead | wait  | seconds | paused      | line
          120       | 3     | 0    | 14000 | 2400    | -           | 120 turns written, 3 empty, 14,000 wait, about 40 min
          5         | 0     | 2    | 9     | 30      | -           | 5 turns written, 2 dead, 9 wait, about 30 s
          5         | 0     | 0    | 90000 | 36000   | -           | 5 turns written, 90,000 wait, about 10 h
          5         | 0     | 0    | 9     | -       | -           | 5 turns written, 9 wait
          8         | 0     | 0    | 0     | 0       | -           | 8 turns written, 0 wait
          0         | 0     | 0    | 50    | -       | unavailable | 0 turns written, 50 wait, paused: unavailable
          """)
  void one_line_tells_it(
      int written,
      int empty,
      int dead,
      long waiting,
      @Nullable Long seconds,
      @Nullable String pausedBy,
      String line) {
    assertThat(Progress.line(written, empty, dead, waiting, seconds, pausedBy)).isEqualTo(line);
  }
}
