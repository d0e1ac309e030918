package dev.tavernmem0.watcher.rescue;

import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.json.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * A first line as SillyTavern writes it where it has nothing to say in it. The chat's own one is
 * not in the log; of that, only the integrity can be told, from the chat's id.
 *
 * @param bytes UTF-8; must not be changed
 */
record RescuedHeader(byte[] bytes) {
  /** In the place of an integrity, in the id of a chat that had none. */
  private static final String WITHOUT_INTEGRITY = "path";

  static RescuedHeader of(String chatId) {
    ObjectNode header = Json.MAPPER.createObjectNode();
    ObjectNode metadata = header.putObject("chat_metadata");
    String[] parts = chatId.split(":", -1);
    if (parts.length > 1 && !parts[1].isEmpty() && !parts[1].equals(WITHOUT_INTEGRITY)) {
      metadata.put("integrity", Mem0Ids.name(parts[1]));
    }
    header.put("user_name", "unused");
    header.put("character_name", "unused");
    return new RescuedHeader(Json.MAPPER.writeValueAsBytes(header));
  }
}
