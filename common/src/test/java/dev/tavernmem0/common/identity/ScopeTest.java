package dev.tavernmem0.common.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.ChatKind;
import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.Source;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScopeTest {

  @Test
  void a_chat_is_remembered_under_its_scope_id_whatever_its_character_is_named_now() {
    assertThat(Scope.of(source("Mary+Jane", "Mary Jane-Watson")))
        .isEqualTo(new Scope("default-user", "Mary+Jane"));
  }

  private static Source source(String scope, String character) {
    return new Source(
        "sillytavern",
        "1",
        "tavern",
        0,
        SnapshotMarker.FALSE,
        "default-user",
        scope,
        ChatKind.GROUP,
        character,
        new Group("17", "Inn", List.of("Carol")),
        "u:chat",
        "chat.jsonl",
        null,
        Cause.APPEND,
        "s",
        null);
  }
}
