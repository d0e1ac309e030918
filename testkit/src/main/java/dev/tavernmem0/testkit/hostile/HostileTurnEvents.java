package dev.tavernmem0.testkit.hostile;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.ChatKind;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.Source;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.event.TurnRef;
import dev.tavernmem0.common.identity.TurnHash;
import dev.tavernmem0.common.identity.TurnIds;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** Hostile records for topic {@code tavern.chat.turns}. */
public final class HostileTurnEvents {
  private static final String SECRET = HostileRecord.SECRET;
  private static final String LONG = "\"" + "x".repeat(5_000) + "\"";

  private HostileTurnEvents() {}

  /** Records that are no turn events. */
  public static List<HostileRecord> refused() {
    RecordTable table = new RecordTable("default-user:refused-", HostileTurnEvents::sound);
    table.value("no value", (byte[]) null, "no value").shapeless().unknownNest().trailing();
    for (String field :
        List.of(
            "op",
            "event_id",
            "source",
            "after",
            "source/chat_id",
            "source/chat_file",
            "source/handle",
            "source/kind",
            "source/snapshot",
            "source/cause",
            "after/turn_id",
            "after/hash",
            "after/role",
            "after/name",
            "after/text",
            "before/turn_id")) {
      table.without("/" + field, field.replace('/', '.') + " is missing");
    }
    table
        .without("/source/character", "neither a character nor a group")
        .edited(
            "a deletion of nothing",
            json ->
                json.replace("\"op\":\"u\"", "\"op\":\"d\"")
                    .replaceFirst("\"before\":\\{[^}]*}", "\"before\":null"),
            "before is missing");
    String text = "\"" + SECRET + "\"";
    String object = "{\"" + SECRET + "\":1}";
    table
        .with("/op", object, "op")
        .with("/source", text, "source")
        .with("/after", "[" + text + "]", "after")
        .with("/before", text, "before")
        .with("/ts_ms", text, "ts_ms")
        .with("/source/chat_id", object, "source.chat_id")
        .with("/source/chat_file", "[" + text + "]", "source.chat_file")
        .with("/source/handle", object, "source.handle")
        .with("/source/snapshot", object, "source.snapshot")
        .with("/source/ts_ms", "1e400", "source.ts_ms")
        .with("/source/group", text, "source.group")
        .with("/source/group", "{}", "source.group")
        .with("/source/group", "{\"members\":[]}", "source.group.id is missing")
        .with("/source/group", "{\"id\":\"\",\"members\":[]}", "source.group.id is empty")
        .with("/source/group", "{\"id\":\"1\",\"members\":[null]}", "source.group")
        .with("/source/group", "{\"id\":\"1\",\"members\":[\"\"]}", "source.group.members is empty")
        .with(
            "/source/group",
            "{\"id\":\"1\",\"members\":[" + "\"x\",".repeat(100_000) + "\"x\"]}",
            "source.group.members is 100001")
        .with("/after/text", object, "after.text")
        .with("/after/role", object, "after.role")
        .with("/after/position", text, "after.position")
        .with("/after/position", "-1", "after.position is -1")
        .with("/after/position", "2147483647", "after.position is 2147483647")
        .with("/after/position", "99999999999", "after.position")
        .with("/after/position", "1e999999999", "after.position")
        .with("/after/swipe", "1e30", "after.swipe")
        .with("/after/hidden", text, "after.hidden")
        .with("/after/sent_at", text, "after.sent_at")
        .with("/after/sent_at", object, "after.sent_at")
        .with("/after/sent_at", "true", "after.sent_at")
        .with("/after/sent_at", "\"0000-12-31T23:59:59Z\"", "after.sent_at is 0000-12-31T")
        .with("/after/sent_at", "\"-0001-01-01T00:00:00Z\"", "after.sent_at is -0001")
        .with("/after/sent_at", "\"-292275056-01-01T00:00:00Z\"", "after.sent_at is -292275056")
        .with("/after/sent_at", "\"+10000-01-01T00:00:00Z\"", "after.sent_at is +10000")
        .with("/after/sent_at", "\"+292278995-01-01T00:00:00Z\"", "after.sent_at is +292278995")
        .with("/after/sent_at", "\"" + Instant.MAX + "\"", "after.sent_at is +1000000000")
        .with("/after/sent_at", "\"+1000000001-01-01T00:00:00Z\"", "after.sent_at")
        .with("/after/sent_at", "-1e18", "after.sent_at")
        .with("/source/chat_id", "\"\"", "source.chat_id is empty")
        .with("/source/chat_id", LONG, "source.chat_id has 5000 characters")
        .with("/source/chat_file", "\"\"", "source.chat_file is empty")
        .with("/source/chat_file", "\"a\\u0000b\"", "source.chat_file has U+0000")
        .with("/source/handle", "\"\"", "source.handle is empty")
        .with("/source/character", "\"\"", "source.character is empty")
        .with("/source/character", LONG, "source.character has 5000 characters")
        .with("/after/turn_id", "\"\"", "after.turn_id is empty")
        .with("/after/turn_id", "\"\\ud800\"", "after.turn_id has half a surrogate pair")
        .with("/after/hash", LONG, "after.hash has 5000 characters");
    return table.records();
  }

  /** Records that are turn events, if odd ones, or of a later version. */
  public static List<HostileRecord> taken() {
    return new RecordTable("default-user:taken-", HostileTurnEvents::sound)
        .with("/op", "\"truncate\"", null)
        .with("/source/kind", "\"choir\"", null)
        .with("/source/snapshot", "\"partial\"", null)
        .with("/source/cause", "\"telepathy\"", null)
        .with("/after/role", "\"oracle\"", null)
        .without("/after/sent_at", null)
        .without("/after/agent", null)
        .without("/before", null)
        .without("/source/save_id", null)
        .without("/source/parent_chat_id", null)
        .with("/source/ts_ms", Long.toString(Long.MIN_VALUE), null)
        .with("/source/ts_ms", Long.toString(Long.MAX_VALUE), null)
        .with("/ts_ms", Long.toString(Long.MIN_VALUE), null)
        .with("/after/sent_at", "\"0001-01-01T00:00:00Z\"", null)
        .with("/after/sent_at", "\"9999-12-31T23:59:59.999Z\"", null)
        // Jackson takes a number that is beyond any date for the beginning of 1970.
        .with("/after/sent_at", "1e300", null)
        .with("/after/sent_at", "1e999999999", null)
        .with("/after/name", "\"\"", null)
        .with("/after/name", "\"\\ud800\\u0000\"", null)
        .with("/after/text", "\"a half \\udc00 pair and \\u0000\"", null)
        .with("/after/text", "5", null)
        .with("/source/raw", "\"" + RecordTable.huge("r") + "\"", null)
        .with("/source/added_later", "[{\"n\":92233720368547758079}]", null)
        .key("an empty key", new byte[0])
        .key("a key of other bytes", new byte[] {0, (byte) 0xff})
        .key("a key of 1 MB", "k".repeat(1024 * 1024).getBytes(StandardCharsets.UTF_8))
        .records();
  }

  private static byte[] sound(String chatId) {
    String turnId = TurnIds.mint(chatId, 0);
    Instant now = Instant.now();
    return TurnEventCodec.encode(
        new TurnEvent(
            Op.UPDATE,
            new TurnRef(turnId, TurnHash.of(Role.USER, "before")),
            new Turn(
                turnId,
                TurnHash.of(Role.USER, SECRET),
                0,
                Role.USER,
                "Alex",
                null,
                SECRET,
                now,
                false,
                false,
                0,
                1),
            new Source(
                "sillytavern",
                "test",
                "tavern",
                now.toEpochMilli(),
                SnapshotMarker.FALSE,
                "default-user",
                "Seraphina",
                ChatKind.SOLO,
                "Seraphina",
                null,
                chatId,
                "chat.jsonl",
                null,
                Cause.APPEND,
                "save-1",
                null),
            "event-1",
            now.toEpochMilli()));
  }
}
