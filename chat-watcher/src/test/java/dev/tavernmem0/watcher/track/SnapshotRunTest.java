package dev.tavernmem0.watcher.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.watcher.track.SnapshotRun.State;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotRunTest {
  private static final SnapshotSelection SOME =
      new SnapshotSelection(
          List.of("eve"),
          List.of("Mara"),
          List.of(),
          List.of("eve:1"),
          Instant.parse("2025-12-28T12:00:00Z"),
          null);

  private static SnapshotRun queued() {
    return SnapshotRun.queued("a", SnapshotRun.Type.INCREMENTAL, SOME, 1_000);
  }

  @Test
  void what_is_stored_is_read_back_as_it_was() {
    SnapshotRun waiting =
        SnapshotRun.queued("b", SnapshotRun.Type.RECOVERY, SnapshotSelection.ALL, 2_000);
    List<SnapshotRun> runs =
        List.of(queued().started(3, 2_000).published("eve/chats/Mara/1.jsonl", 40, 4_000), waiting);

    assertThat(SnapshotRun.decode(SnapshotRun.encode(runs))).isEqualTo(runs);
  }

  @Test
  void it_is_stored_under_names_that_people_can_read() {
    assertThat(SnapshotRun.encode(List.of(queued())))
        .contains("\"type\":\"incremental\"", "\"state\":\"queued\"", "\"requested_ms\":1000")
        .doesNotContain("seconds_left", "turns_per_second");
  }

  @Test
  void fields_of_a_later_version_are_ignored() {
    String json =
        "[{\"id\":\"a\",\"type\":\"initial\",\"state\":\"running\",\"mood\":\"good\",\"turns\":7}]";

    assertThat(SnapshotRun.decode(json))
        .singleElement()
        .satisfies(
            run -> {
              assertThat(run.turns()).isEqualTo(7);
              assertThat(run.selection()).isEqualTo(SnapshotSelection.ALL);
            });
  }

  @Test
  void what_is_no_list_of_snapshots_is_refused() {
    assertThatThrownBy(() -> SnapshotRun.decode("[{\"id\":\"a\"}]"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SnapshotRun.decode("done"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void pauses_and_the_time_that_nothing_ran_do_not_count_for_the_rate() {
    SnapshotRun run =
        queued()
            .started(4, 10_000)
            .published("one", 100, 11_000)
            .in(State.PAUSED, 12_000)
            .in(State.RUNNING, 60_000)
            .published("two", 100, 62_000)
            .restored(900_000)
            .published("three", 100, 901_000);

    assertThat(run.activeMs()).isEqualTo(5_000);
    assertThat(run.turnsPerSecond()).isEqualTo(60.0);
  }

  @Test
  void what_is_left_is_estimated_from_what_is_done() {
    SnapshotRun run = queued().started(4, 10_000);
    assertThat(run.secondsLeft()).isNull();

    assertThat(run.published("one", 100, 13_000).secondsLeft()).isEqualTo(9);
  }

  @Test
  void an_ended_snapshot_says_when_and_has_nothing_left() {
    SnapshotRun run = queued().started(4, 10_000).in(State.CANCELLED, 12_000);

    assertThat(run.endedMs()).isEqualTo(12_000);
    assertThat(run.secondsLeft()).isZero();
  }
}
