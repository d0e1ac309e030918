package dev.tavernmem0.embedded.memory;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.embedded.memory.store.AddedMemory;
import dev.tavernmem0.embedded.memory.store.KeptAnswer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.JsonNodeFeature;

/**
 * By what a repeated add is known: a key belongs to the ids of its add.
 *
 * @param addId of the key and the ids
 * @param request of everything that was asked; another spelling of the same JSON has the same
 */
record AddKey(String addId, String request) {
  private static final ObjectWriter SORTED =
      Json.MAPPER.writer(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

  static AddKey of(String key, AddRequest request) {
    JsonNode asked = Json.MAPPER.valueToTree(request);
    return new AddKey(
        digest(key + '\n' + request.scope().key()), digest(SORTED.writeValueAsString(asked)));
  }

  KeptAnswer answer(List<AddedMemory> memories) {
    return new KeptAnswer(addId, request, memories);
  }

  private static String digest(String text) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
