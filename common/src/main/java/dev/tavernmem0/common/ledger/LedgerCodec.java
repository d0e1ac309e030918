package dev.tavernmem0.common.ledger;

import dev.tavernmem0.common.json.Json;
import tools.jackson.core.JacksonException;

/** Ledger entries to UTF-8 JSON and back. Thread-safe. */
public final class LedgerCodec {
  private LedgerCodec() {}

  public static byte[] encode(LedgerEntry entry) {
    return Json.MAPPER.writeValueAsBytes(entry);
  }

  /**
   * Reads one entry.
   *
   * @throws IllegalArgumentException if the bytes are not a ledger entry
   */
  public static LedgerEntry decode(byte[] json) {
    try {
      LedgerEntry entry = Json.MAPPER.readValue(json, LedgerEntry.class);
      if (entry == null
          || entry.batchId() == null
          || entry.chatId() == null
          || entry.scope() == null
          || entry.fate() == null) {
        throw new IllegalArgumentException(
            "not a ledger entry: batch_id, chat_id, scope or fate is missing");
      }
      return entry;
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not a ledger entry: not JSON of the right shape", e);
    }
  }
}
