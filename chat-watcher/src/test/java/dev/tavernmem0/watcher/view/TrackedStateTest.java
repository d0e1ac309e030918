package dev.tavernmem0.watcher.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.watcher.state.StateKeys;
import dev.tavernmem0.watcher.state.StateStore;
import dev.tavernmem0.watcher.track.SnapshotRun;
import dev.tavernmem0.watcher.track.SnapshotSelection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TrackedStateTest {
  private static final StateKeys KEYS = new StateKeys("inn");
  private static final String TURN = "0,0,,user,0,1,2,3,";
  private final TrackedState state = new TrackedState("inn");

  private void apply(Map<String, String> partition, @Nullable Map<String, Object> offset, long ms) {
    apply("inn", partition, offset, ms);
  }

  private void apply(
      String connector,
      Map<String, String> partition,
      @Nullable Map<String, Object> offset,
      long ms) {
    state.apply(
        Json.MAPPER.writeValueAsBytes(List.of(connector, partition)),
        offset == null ? null : Json.MAPPER.writeValueAsBytes(offset),
        ms);
  }

  private static Map<String, Object> files(String json) {
    return StateStore.offset(json);
  }

  private static Map<String, Object> turns(String... turns) {
    return Map.of("turns", String.join(";", turns), "next", 64);
  }

  @Test
  void a_chat_has_the_turns_of_all_its_blocks_and_changed_when_the_last_was_stored() {
    apply(
        KEYS.files("eve/chats/Mara", 0),
        files("{\"a.jsonl\":{\"chat_id\":\"eve:1\",\"bad_lines\":2,\"mood\":\"good\"}}"),
        1);
    apply(KEYS.turns("eve:1", 0), turns(TURN, TURN), 7_000);
    apply(KEYS.turns("eve:1", 1), turns(TURN), 5_000);

    assertThat(state.chats())
        .singleElement()
        .satisfies(
            chat -> {
              assertThat(chat.path()).hasToString("eve/chats/Mara/a.jsonl");
              assertThat(chat.entry().chatId()).isEqualTo("eve:1");
              assertThat(chat.entry().badLines()).isEqualTo(2);
              assertThat(chat.turns()).isEqualTo(3);
              assertThat(chat.changedAt()).isEqualTo(Instant.ofEpochMilli(7_000));
            });
  }

  @Test
  void a_chat_of_which_no_turn_was_stored_has_none_and_never_changed() {
    apply(KEYS.files("eve/group chats", 3), files("{\"b.jsonl\":{\"chat_id\":\"eve:2\"}}"), 1);

    assertThat(state.chats())
        .singleElement()
        .satisfies(
            chat -> {
              assertThat(chat.turns()).isZero();
              assertThat(chat.changedAt()).isNull();
            });
  }

  @Test
  void the_last_record_of_a_block_counts_and_one_that_is_removed_is_gone() {
    apply(KEYS.files("eve/chats/Mara", 0), files("{\"a.jsonl\":{\"chat_id\":\"eve:1\"}}"), 1);
    apply(KEYS.turns("eve:1", 0), turns(TURN, TURN), 1);
    apply(KEYS.turns("eve:1", 0), turns(), 2);
    assertThat(state.chats().get(0).turns()).isZero();

    apply(KEYS.turns("eve:1", 0), null, 3);
    assertThat(state.chats().get(0).changedAt()).isNull();

    apply(KEYS.files("eve/chats/Mara", 0), files("{}"), 4);
    assertThat(state.chats()).isEmpty();
  }

  @Test
  void chats_are_in_the_order_of_their_paths() {
    apply(KEYS.files("eve/chats/Mara", 0), files("{\"b.jsonl\":{\"chat_id\":\"3\"}}"), 1);
    apply(KEYS.files("eve/chats/Mara", 1), files("{\"a.jsonl\":{\"chat_id\":\"2\"}}"), 1);
    apply(KEYS.files("adam/chats/Mara", 0), files("{\"c.jsonl\":{\"chat_id\":\"1\"}}"), 1);

    assertThat(state.chats())
        .extracting(chat -> chat.entry().chatId())
        .containsExactly("1", "2", "3");
  }

  @Test
  void the_snapshots_are_those_that_were_stored_last() {
    List<SnapshotRun> runs =
        List.of(
            SnapshotRun.queued("a", SnapshotRun.Type.INCREMENTAL, SnapshotSelection.ALL, 1_000));
    apply(KEYS.snapshots(), StateStore.offset(SnapshotRun.encode(runs)), 1);

    assertThat(state.snapshots()).isEqualTo(runs);
  }

  @Test
  void what_others_keep_in_the_topic_and_later_kinds_are_ignored() {
    Map<String, Object> mara = files("{\"a.jsonl\":{\"chat_id\":\"eve:1\"}}");
    apply("another", KEYS.files("eve/chats/Mara", 0), mara, 1);
    apply(new StateKeys("another").files("eve/chats/Mara", 0), mara, 1);
    apply(Map.of("tavern", "inn", "kind", "weather"), Map.of("value", "fine"), 1);
    state.apply("nonsense".getBytes(StandardCharsets.UTF_8), new byte[0], 1);
    state.apply(null, new byte[0], 1);

    assertThat(state.chats()).isEmpty();
  }

  @Test
  void a_damaged_offset_is_said_and_changes_nothing() {
    apply(KEYS.files("eve/chats/Mara", 0), files("{\"a.jsonl\":{\"chat_id\":\"eve:1\"}}"), 1);

    assertThatThrownBy(() -> apply(KEYS.files("eve/chats/Mara", 0), files("{\"a.jsonl\":"), 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> apply(KEYS.snapshots(), StateStore.offset("none"), 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(state.chats()).hasSize(1);
  }
}
