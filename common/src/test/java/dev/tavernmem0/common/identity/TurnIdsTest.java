package dev.tavernmem0.common.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import org.junit.jupiter.api.Test;

class TurnIdsTest {

  @Test
  void minting_again_from_the_same_state_gives_the_same_id() {
    assertThat(TurnIds.mint("u:chat", 3)).isEqualTo(TurnIds.mint("u:chat", 3)).hasSize(16);
  }

  @Test
  void chats_and_ordinals_do_not_run_into_each_other() {
    assertThat(TurnIds.mint("u:chat1", 1)).isNotEqualTo(TurnIds.mint("u:chat", 11));
  }

  @Test
  void a_negative_ordinal_is_refused() {
    assertThatThrownBy(() -> TurnIds.mint("u:chat", -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void events_of_one_revision_with_different_content_differ() {
    String before = EventIds.of("u:chat", "t", 4, Op.UPDATE, "hash1");

    assertThat(EventIds.of("u:chat", "t", 4, Op.UPDATE, "hash2")).isNotEqualTo(before);
    assertThat(EventIds.of("u:chat", "t", 4, Op.UPDATE, "hash1")).isEqualTo(before);
  }

  @Test
  void a_turns_hash_covers_role_and_text() {
    assertThat(TurnHash.of(Role.USER, "hi")).isNotEqualTo(TurnHash.of(Role.ASSISTANT, "hi"));
    assertThat(TurnHash.of(Role.USER, "hi")).isNotEqualTo(TurnHash.of(Role.USER, "hi "));
  }
}
