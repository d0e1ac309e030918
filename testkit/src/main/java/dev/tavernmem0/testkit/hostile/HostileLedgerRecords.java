package dev.tavernmem0.testkit.hostile;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.util.List;

/** Hostile records for topic {@code tavern.memory.ledger}. */
public final class HostileLedgerRecords {
  private static final String SECRET = HostileRecord.SECRET;
  private static final String TURN =
      "{\"turn_id\":\"t\",\"utterance\":\"u\",\"hash\":\"h\",\"offset\":0}";

  private HostileLedgerRecords() {}

  /** Records with a value that is no ledger entry. */
  public static List<HostileRecord> refused() {
    RecordTable table = new RecordTable("default-user:ledger-", HostileLedgerRecords::sound);
    table.shapeless().unknownNest().trailing();
    for (String field :
        List.of("batch_id", "chat_id", "scope", "scope/user_id", "scope/agent_id", "fate")) {
      table.without("/" + field, field.replace('/', '.') + " is missing");
    }
    String text = "\"" + SECRET + "\"";
    String object = "{\"" + SECRET + "\":1}";
    return table
        .with("/batch_id", object, "batch_id")
        .with("/batch_id", "\"\"", "batch_id is empty")
        .with("/batch_id", "\"" + "x".repeat(5_000) + "\"", "batch_id has 5000 characters")
        .with("/chat_id", "[" + text + "]", "chat_id")
        .with("/chat_id", "\"\\ud800\"", "chat_id has half a surrogate pair")
        .with("/chat_file", object, "chat_file")
        .with("/chat_file", "\"a\\u0000b\"", "chat_file has U+0000")
        .with("/scope", text, "scope")
        .with("/scope", "{}", "scope.user_id is missing")
        .with("/scope/user_id", "\"\"", "scope.user_id is empty")
        .with("/scope/agent_id", object, "scope.agent_id")
        .with("/fate", object, "fate")
        .with("/generation", "-1", "generation is -1")
        .with("/generation", "1e30", "generation")
        .with("/ts_ms", text, "ts_ms")
        .with("/ts_ms", "-1", "ts_ms is -1")
        .with("/ts_ms", Long.toString(Long.MAX_VALUE), "ts_ms is 9223372036854775807")
        .with("/attempts", text, "attempts")
        .with("/group_members", text, "group_members")
        .with("/group_members", "[null]", "")
        .with("/turns", text, "turns")
        .with("/turns", "[null]", "")
        .with("/turns", "[{}]", "turns.turn_id is missing")
        .with("/turns", "[" + TURN.replace("\"h\"", "null") + "]", "turns.hash is missing")
        .with("/turns", "[" + TURN.replace("\"u\"", "null") + "]", "turns.utterance is missing")
        .with("/turns", "[" + TURN.replace(":0", ":-1") + "]", "turns.offset is -1")
        .with("/turns", "[" + TURN.replace(":0", ":9e18") + "]", "turns.offset is 9")
        .with("/turns", "[" + TURN.replace(":0", ":" + text) + "]", "turns[0].offset")
        .with("/turns", "[" + RecordTable.huge("{},") + "{}]", "turns.turn_id is missing")
        .with("/memory_ids", "[{}]", "memory_ids")
        .with("/memory_ids", "[null]", "")
        .with("/memory_ids", "[\"\"]", "memory_ids is empty")
        .records();
  }

  private static byte[] sound(String chatId) {
    return LedgerCodec.encode(
        new LedgerEntry(
            "0123456789abcdef",
            0,
            chatId,
            "chat.jsonl",
            new Scope("default-user", "Seraphina"),
            List.of(),
            Fate.PENDING,
            null,
            List.of(new LedgerTurn("t", null, "u", "h", 0, false)),
            List.of(),
            0,
            1));
  }
}
