package dev.tavernmem0.writer.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.writer.replay.Replay;
import dev.tavernmem0.writer.replay.ReplayMode;
import dev.tavernmem0.writer.replay.ReplayPart;
import dev.tavernmem0.writer.replay.ReplayRecords;
import dev.tavernmem0.writer.replay.ReplaySelection;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an operator is told of a replay, of all its partitions together. */
class ReplayStatusTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static Replay replay(Replay.Order order, @Nullable Integer rate) {
    return new Replay(
        Replay.VERSION,
        "r",
        ReplayMode.REWRITE,
        new ReplaySelection(null, null, null, null, null, null, ReplayMode.REWRITE.fates()),
        rate,
        null,
        false,
        order,
        START.toEpochMilli());
  }

  private static ReplayPart selected(int batches) {
    return ReplayPart.begun(START.toEpochMilli()).selected(1, batches, 20 * batches, batches, 0);
  }

  private static ReplayStatus status(Replay replay, Map<Integer, ReplayPart> parts, int minutes) {
    return ReplayStatus.of(
        replay,
        new ReplayRecords(Map.of("r", replay), Map.of("r", parts), Map.of()),
        2,
        START.plusSeconds(60L * minutes));
  }

  @Test
  void before_anybody_begins_it_waits() {
    ReplayStatus status = status(replay(Replay.Order.RUN, null), Map.of(), 1);

    assertThat(status.state()).isEqualTo(ReplayState.WAITING);
    assertThat(status.startedAt()).isNull();
    assertThat(status.secondsLeft()).isNull();
    assertThat(status.selectedPartitions()).isZero();
  }

  @Test
  void it_is_done_when_all_partitions_are() {
    ReplayPart done =
        selected(4).advanced(4, 80, 3, 5, 2).ended(START.plusSeconds(60).toEpochMilli());
    Replay replay = replay(Replay.Order.RUN, null);

    assertThat(status(replay, Map.of(0, done), 9).state()).isEqualTo(ReplayState.RUNNING);
    assertThat(status(replay, Map.of(0, done, 1, selected(1)), 9).state())
        .isEqualTo(ReplayState.RUNNING);
    ReplayStatus status = status(replay, Map.of(0, done, 1, done), 9);
    assertThat(status.state()).isEqualTo(ReplayState.COMPLETED);
    assertThat(status.endedAt()).isEqualTo(START.plusSeconds(60));
    assertThat(status.doneTurns()).isEqualTo(160);
    assertThat(status.failedTurns()).isEqualTo(6);
    assertThat(status.emptyTurns()).isEqualTo(10);
    assertThat(status.heldTurns()).isEqualTo(4);
    assertThat(status.batchesPerMinute()).isEqualTo(8);
    assertThat(status.secondsLeft()).isZero();
  }

  @Test
  void what_is_left_is_told_by_the_pace_so_far_or_by_the_rate() {
    Replay replay = replay(Replay.Order.RUN, 6);

    ReplayStatus status =
        status(replay, Map.of(0, selected(20).advanced(10, 200, 0, 0, 0), 1, selected(10)), 5);
    assertThat(status.batchesPerMinute()).isEqualTo(2);
    assertThat(status.secondsLeft()).isEqualTo(600);
    assertThat(status(replay, Map.of(0, selected(12)), 5).secondsLeft())
        .as("nothing is done yet")
        .isEqualTo(120);
  }

  @Test
  void what_is_paused_or_cancelled_has_no_time_left() {
    Map<Integer, ReplayPart> parts = Map.of(0, selected(20).advanced(10, 200, 0, 0, 0));

    assertThat(status(replay(Replay.Order.PAUSE, 6), parts, 5))
        .extracting(ReplayStatus::state, ReplayStatus::secondsLeft)
        .containsExactly(ReplayState.PAUSED, null);
    assertThat(status(replay(Replay.Order.CANCEL, 6), parts, 5))
        .extracting(ReplayStatus::state, ReplayStatus::secondsLeft)
        .containsExactly(ReplayState.CANCELLED, null);
  }

  @Test
  void what_keeps_a_partition_from_going_on_is_told() {
    Map<Integer, ReplayPart> parts = Map.of(0, selected(1), 1, selected(1).failing("no Kafka"));

    assertThat(status(replay(Replay.Order.RUN, null), parts, 1).error()).isEqualTo("no Kafka");
  }
}
