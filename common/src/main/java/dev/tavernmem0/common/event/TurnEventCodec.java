package dev.tavernmem0.common.event;

import dev.tavernmem0.common.json.FieldProblems;
import dev.tavernmem0.common.json.Json;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Turn events to UTF-8 JSON and back. The round trip is exact: text is carried as it is (emoji,
 * CJK, U+2028, lone control characters escaped by JSON's rules), and {@code raw} keeps
 * SillyTavern's line verbatim, so that numbers beyond 2^63 in it survive. Fields that a reader does
 * not know are ignored; an unknown {@code op} becomes {@link Op#UNKNOWN}. Thread-safe.
 */
public final class TurnEventCodec {
  /** No chat has as many turns; far enough from where counting on overflows. */
  private static final int MAX_POSITION = 1_000_000_000;

  /** Every ledger entry of the group names its members, and has to fit into a record. */
  private static final int MAX_MEMBERS_CHARS = 65_536;

  private TurnEventCodec() {}

  public static byte[] encode(TurnEvent event) {
    return Json.MAPPER.writeValueAsBytes(event);
  }

  /**
   * Reads one event.
   *
   * @param json null stands for a record without a value
   * @throws InvalidTurnEventException if the bytes are no JSON, a field that readers count on is
   *     missing, or a value is one that they cannot work with; the message names field and value
   */
  public static TurnEvent decode(byte @Nullable [] json) {
    if (json == null) {
      throw new InvalidTurnEventException("not a turn event: no value");
    }
    TurnEvent event;
    try {
      event = Json.MAPPER.readValue(json, TurnEvent.class);
    } catch (RuntimeException e) {
      // Of any kind: a number can be too much for whatever makes a date of it.
      throw new InvalidTurnEventException("not a turn event: " + FieldProblems.of(e));
    }
    FieldProblems problems = new FieldProblems();
    check(event, problems);
    if (!problems.isEmpty()) {
      throw new InvalidTurnEventException("not a turn event: " + problems);
    }
    return event;
  }

  /** As {@link #decode(byte[])}, from a string. */
  public static TurnEvent decode(String json) {
    return decode(json.getBytes(StandardCharsets.UTF_8));
  }

  @SuppressWarnings("NullAway") // Jackson leaves absent components null, whatever their type says.
  private static void check(@Nullable TurnEvent event, FieldProblems problems) {
    if (event == null) {
      problems.required("value", null);
      return;
    }
    problems.required("op", event.op());
    problems.required("event_id", event.eventId());
    problems.required("source", event.source());
    if (event.source() != null) {
      check(event.source(), problems);
    }
    if (event.op() == Op.DELETE) {
      problems.required("before", event.before());
    } else if (event.op() != null && event.op() != Op.UNKNOWN && !saysChatIsEmpty(event)) {
      problems.required("after", event.after());
    }
    if (event.after() != null) {
      check(event.after(), problems);
    }
    if (event.before() != null) {
      problems.id("before.turn_id", event.before().turnId());
    }
  }

  @SuppressWarnings("NullAway") // As above.
  private static void check(Source source, FieldProblems problems) {
    problems.id("source.chat_id", source.chatId());
    problems.id("source.chat_file", source.chatFile());
    problems.id("source.handle", source.handle());
    problems.id("source.scope", source.scope());
    problems.required("source.kind", source.kind());
    problems.required("source.snapshot", source.snapshot());
    problems.required("source.cause", source.cause());
    problems.optionalId("source.character", source.character());
    Group group = source.group();
    if (group == null && source.character() == null) {
      problems.add("source names neither a character nor a group");
    }
    if (group != null) {
      problems.id("source.group.id", group.id());
      group.members().forEach(member -> problems.id("source.group.members", member));
      long chars = group.members().stream().mapToLong(String::length).sum();
      problems.range("characters in source.group.members", chars, 0, MAX_MEMBERS_CHARS);
    }
  }

  @SuppressWarnings("NullAway") // As above.
  private static void check(Turn turn, FieldProblems problems) {
    problems.id("after.turn_id", turn.turnId());
    problems.id("after.hash", turn.hash());
    problems.range("after.position", turn.position(), 0, MAX_POSITION);
    problems.required("after.role", turn.role());
    problems.required("after.name", turn.name());
    problems.required("after.text", turn.text());
    problems.date("after.sent_at", turn.sentAt());
  }

  private static boolean saysChatIsEmpty(TurnEvent event) {
    return event.op() == Op.READ
        && event.source() != null
        && event.source().snapshot() != null
        && event.source().snapshot().endsChat();
  }
}
