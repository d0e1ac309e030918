package dev.tavernmem0.cli.pipeline;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A chat as a writer's API tells of it.
 *
 * @param agentId the scope
 * @param turns those that the chat still has
 */
record WrittenChat(String chatId, String agentId, List<WrittenTurn> turns) {

  /**
   * A turn.
   *
   * @param hash of what it says
   * @param reason empty if there is none
   * @param batchId empty if there is none
   */
  record WrittenTurn(
      String turnId, String hash, String fate, String reason, String batchId, List<String> ids) {}

  static WrittenChat of(JsonNode chat, JsonNode turns) {
    List<WrittenTurn> there = new ArrayList<>();
    for (JsonNode turn : turns) {
      if (!turn.path("gone").asBoolean()) {
        List<String> ids = new ArrayList<>();
        turn.path("memory_ids").forEach(id -> ids.add(id.asString()));
        there.add(
            new WrittenTurn(
                turn.path("turn_id").asString(),
                turn.path("hash").asString(),
                turn.path("fate").asString(),
                turn.path("reason").asString(""),
                turn.path("batch_id").asString(""),
                ids));
      }
    }
    return new WrittenChat(
        chat.path("chat_id").asString(), chat.path("agent_id").asString(), there);
  }
}
