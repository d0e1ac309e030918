package dev.tavernmem0.writer.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.writer.ChatLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operators see which chat's snapshot keeps the committed offset where it is. */
class UnendedSnapshotsTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");

  private final List<TurnEvent> log = new ArrayList<>();
  private final ChatLog chat = new ChatLog("default-user:one", "Seraphina", log::add);
  private final UnendedSnapshots snapshots = new UnendedSnapshots();
  private long offset;

  private void read(int events) {
    for (int i = 0; i < events; i++) {
      snapshots.saw(log.remove(0), offset, NOW.plusSeconds(offset));
      offset++;
    }
  }

  private List<UnendedSnapshot> unended() {
    return snapshots.silentSince(NOW.plus(Duration.ofHours(1)));
  }

  private void threeTurns() {
    chat.user("One.");
    chat.reply("Two.");
    chat.user("Three.");
    read(3);
  }

  @Test
  void a_snapshot_that_was_cut_off_is_named_with_where_it_began_and_when_it_stopped() {
    threeTurns();
    chat.read();
    read(2);

    assertThat(unended())
        .containsExactly(new UnendedSnapshot("default-user:one", 3, NOW.plusSeconds(4)));
    assertThat(snapshots.silentSince(NOW.plusSeconds(4))).isEmpty();
  }

  @Test
  void a_snapshot_that_came_to_its_end_is_not() {
    threeTurns();
    chat.read();
    read(3);

    assertThat(unended()).isEmpty();
  }

  @Test
  void what_happens_in_the_chat_ends_it() {
    threeTurns();
    chat.read();
    read(2);
    log.clear();
    chat.edit(0, "First.");
    read(1);

    assertThat(unended()).isEmpty();
  }

  @Test
  void the_chat_read_again_counts_from_there() {
    threeTurns();
    chat.read();
    read(2);
    log.clear();
    chat.read();
    read(1);

    assertThat(unended()).extracting(UnendedSnapshot::offset).containsExactly(5L);
  }

  @Test
  void a_chat_of_one_turn_and_one_of_none_end_at_once() {
    chat.user("One.");
    read(1);
    chat.read();
    read(1);
    chat.delete(0);
    read(1);
    chat.read();
    read(1);

    assertThat(unended()).isEmpty();
  }
}
