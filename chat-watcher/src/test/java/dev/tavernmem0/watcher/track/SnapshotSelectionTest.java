package dev.tavernmem0.watcher.track;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.watcher.files.ChatPath;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotSelectionTest {
  private static final ChatPath SOLO = new ChatPath("eve", "chats/Mara", "Mara - 1.jsonl");
  private static final ChatPath SHARED = new ChatPath("eve", "group chats", "2025.jsonl");
  private static final Group CREW = new Group("17", "The crew", List.of("Mara", "Rust"));
  private static final Instant NOON = Instant.parse("2025-12-28T12:00:00Z");

  private static SnapshotSelection selection(String json) {
    return Json.MAPPER.readValue(json, SnapshotSelection.class);
  }

  private static boolean matchesSolo(String json) {
    return selection(json).matches(SOLO, "eve:1", null, NOON.toEpochMilli());
  }

  private static boolean matchesShared(String json) {
    return selection(json).matches(SHARED, "eve:2", CREW, NOON.toEpochMilli());
  }

  @Test
  void nothing_given_selects_every_chat() {
    assertThat(selection("{}")).isEqualTo(SnapshotSelection.ALL);
    assertThat(matchesSolo("{}")).isTrue();
    assertThat(matchesShared("{}")).isTrue();
  }

  @Test
  void a_user_narrows_it_to_the_chats_of_that_user() {
    assertThat(matchesSolo("{\"handles\":[\"adam\",\"eve\"]}")).isTrue();
    assertThat(matchesSolo("{\"handles\":[\"adam\"]}")).isFalse();
  }

  @Test
  void a_character_narrows_it_to_that_characters_solo_chats() {
    assertThat(matchesSolo("{\"characters\":[\"Mara\"]}")).isTrue();
    assertThat(matchesSolo("{\"characters\":[\"Rust\"]}")).isFalse();
    assertThat(matchesShared("{\"characters\":[\"Mara\"]}")).isFalse();
  }

  @Test
  void a_group_is_named_by_its_id_or_its_name() {
    assertThat(matchesShared("{\"groups\":[\"17\"]}")).isTrue();
    assertThat(matchesShared("{\"groups\":[\"The crew\"]}")).isTrue();
    assertThat(matchesShared("{\"groups\":[\"18\"]}")).isFalse();
    assertThat(matchesSolo("{\"groups\":[\"17\"]}")).isFalse();
  }

  @Test
  void characters_and_groups_stand_beside_each_other() {
    String both = "{\"characters\":[\"Mara\"],\"groups\":[\"17\"]}";

    assertThat(matchesSolo(both)).isTrue();
    assertThat(matchesShared(both)).isTrue();
  }

  @Test
  void a_chat_is_named_by_its_id_or_its_file() {
    assertThat(matchesSolo("{\"chats\":[\"eve:1\"]}")).isTrue();
    assertThat(matchesSolo("{\"chats\":[\"Mara - 1\"]}")).isTrue();
    assertThat(matchesSolo("{\"chats\":[\"Mara - 2\"]}")).isFalse();
  }

  @Test
  void time_is_when_the_file_changed_from_included_to_excluded() {
    assertThat(matchesSolo("{\"from\":\"2025-12-28T12:00:00Z\"}")).isTrue();
    assertThat(matchesSolo("{\"from\":\"2025-12-28T12:00:00.001Z\"}")).isFalse();
    assertThat(matchesSolo("{\"to\":\"2025-12-28T12:00:00.001Z\"}")).isTrue();
    assertThat(matchesSolo("{\"to\":\"2025-12-28T12:00:00Z\"}")).isFalse();
  }

  @Test
  void everything_that_is_given_has_to_hold() {
    assertThat(matchesSolo("{\"handles\":[\"eve\"],\"characters\":[\"Mara\"]}")).isTrue();
    assertThat(matchesSolo("{\"handles\":[\"adam\"],\"characters\":[\"Mara\"]}")).isFalse();
  }
}
