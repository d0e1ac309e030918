package dev.tavernmem0.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ChatGeneratorTest {
  @Test
  void a_chat_has_a_header_with_an_id_of_its_own_and_then_messages() {
    ChatGenerator generator = new ChatGenerator(1);
    List<JsonNode> chat = lines(generator.chat(50_000));
    List<JsonNode> other = lines(generator.chat(50_000));

    assertThat(integrity(chat)).isNotEmpty().isNotEqualTo(integrity(other));
    assertThat(chat.subList(1, chat.size()))
        .hasSizeGreaterThan(10)
        .allSatisfy(line -> assertThat(line.path("mes").asString()).isNotEmpty());
  }

  @Test
  void the_same_seed_gives_the_same_chats() {
    assertThat(new ChatGenerator(1).chat(10_000)).isEqualTo(new ChatGenerator(1).chat(10_000));
  }

  private static String integrity(List<JsonNode> chat) {
    return chat.get(0).path("chat_metadata").path("integrity").asString();
  }

  private static List<JsonNode> lines(byte[] chat) {
    return new String(chat, StandardCharsets.UTF_8).lines().map(Json.MAPPER::readTree).toList();
  }
}
