package dev.tavernmem0.common.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.ChatKind;
import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.Source;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ScopeTest {

  @Test
  void a_solo_chat_is_remembered_under_its_character() {
    assertThat(Scope.of(source("Mary Jane", null)))
        .isEqualTo(new Scope("default-user", "Mary+Jane"));
  }

  @Test
  void a_group_chat_is_remembered_under_its_group_and_not_under_a_member() {
    assertThat(Scope.of(source(null, new Group("17", "Inn", List.of("Carol")))))
        .isEqualTo(new Scope("default-user", "group:17"));
  }

  @Test
  void a_chat_of_nobody_is_refused_by_name() {
    assertThatThrownBy(() -> Scope.of(source(null, null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("u:chat");
  }

  private static Source source(@Nullable String character, @Nullable Group group) {
    return new Source(
        "sillytavern",
        "1",
        "tavern",
        0,
        SnapshotMarker.FALSE,
        "default-user",
        group == null ? ChatKind.SOLO : ChatKind.GROUP,
        character,
        group,
        "u:chat",
        "chat.jsonl",
        null,
        Cause.APPEND,
        "s",
        null);
  }
}
