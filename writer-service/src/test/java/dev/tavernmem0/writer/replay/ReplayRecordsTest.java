package dev.tavernmem0.writer.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.identity.Scope;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which replay is carried out where, and which scopes and chats it is of. */
class ReplayRecordsTest {
  private static Replay replay(String id, Replay.Order order, boolean dryRun, long createdMs) {
    return new Replay(
        Replay.VERSION,
        id,
        ReplayMode.REWRITE,
        new ReplaySelection(null, null, null, null, null, null, ReplayMode.REWRITE.fates()),
        null,
        null,
        dryRun,
        order,
        createdMs);
  }

  private static @Nullable String due(
      List<Replay> replays, Map<String, Map<Integer, ReplayPart>> parts) {
    Map<String, Replay> byId = replays.stream().collect(Collectors.toMap(Replay::id, each -> each));
    Replay due = new ReplayRecords(byId, parts, Map.of()).due(0);
    return due == null ? null : due.id();
  }

  @Test
  void the_first_that_was_asked_for_and_is_not_done_here_is_due() {
    Replay first = replay("z", Replay.Order.RUN, false, 1);
    Replay second = replay("a", Replay.Order.RUN, false, 2);
    ReplayPart begun = ReplayPart.begun(0);

    assertThat(due(List.of(second, first), Map.of())).isEqualTo("z");
    assertThat(due(List.of(second, first), Map.of("z", Map.of(0, begun)))).isEqualTo("z");
    assertThat(due(List.of(second, first), Map.of("z", Map.of(0, begun.ended(1))))).isEqualTo("a");
    assertThat(due(List.of(second, first), Map.of("z", Map.of(1, begun.ended(1)))))
        .as("done elsewhere")
        .isEqualTo("z");
  }

  @Test
  void what_is_paused_or_cancelled_keeps_nobody_waiting_and_dry_runs_wait_for_nobody() {
    Replay paused = replay("a", Replay.Order.PAUSE, false, 1);
    Replay cancelled = replay("b", Replay.Order.CANCEL, false, 2);
    Replay running = replay("c", Replay.Order.RUN, false, 3);
    Replay dryRun = replay("d", Replay.Order.RUN, true, 4);

    assertThat(due(List.of(paused, cancelled), Map.of())).isNull();
    assertThat(due(List.of(paused, cancelled, running), Map.of())).isEqualTo("c");
    assertThat(due(List.of(paused, cancelled, running, dryRun), Map.of())).isEqualTo("d");
  }

  @Test
  void the_batches_of_several_records_are_in_the_order_in_which_they_were_selected() {
    ReplayRecords records =
        new ReplayRecords(
            Map.of(),
            Map.of(),
            Map.of(
                "a", Map.of(3, Map.of(10, List.of("e"), 2, List.of("c", "d"), 0, List.of("a")))));

    assertThat(records.batches("a", 3)).containsExactly("a", "c", "d", "e");
    assertThat(records.batches("a", 0)).isEmpty();
    assertThat(records.batches("b", 3)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    ",,, default-user, Seraphina, true",
    "default-user,,, default-user, Seraphina, true",
    "someone,,, default-user, Seraphina, false",
    ", Seraphina,, default-user, Seraphina, true",
    ", Captain Teo,, default-user, Captain+Teo, true",
    ", Captain+Teo,, default-user, Captain+Teo, true",
    ", Robin,, default-user, Seraphina, false",
    ", 7,, default-user, group:7, false",
    ", group:7,, default-user, group:7, false",
    ",, 7, default-user, group:7, true",
    ",, 8, default-user, group:7, false",
    ",, Seraphina, default-user, Seraphina, false",
  })
  void a_scope_is_selected_by_the_names_that_people_know(
      @Nullable String handle,
      @Nullable String character,
      @Nullable String group,
      String userId,
      String agentId,
      boolean selected) {
    ReplaySelection selection =
        new ReplaySelection(handle, character, group, null, null, null, ReplayMode.REWRITE.fates());

    assertThat(selection.isOf(new Scope(userId, agentId))).isEqualTo(selected);
  }

  @Test
  void a_chat_is_selected_by_its_handle_as_its_id_begins_with_it() {
    ReplaySelection selection =
        new ReplaySelection("a b", null, null, null, null, null, ReplayMode.MISSING.fates());

    assertThat(selection.isOfChat("a+b:0b1c")).isTrue();
    assertThat(selection.isOfChat("a+bc:0b1c")).isFalse();
  }
}
