package dev.tavernmem0.common.event;

import dev.tavernmem0.common.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;

/**
 * Turn events to UTF-8 JSON and back. The round trip is exact: text is carried as it is (emoji,
 * CJK, U+2028, lone control characters escaped by JSON's rules), and {@code raw} keeps
 * SillyTavern's line verbatim, so that numbers beyond 2^63 in it survive. Fields that a reader does
 * not know are ignored; an unknown {@code op} becomes {@link Op#UNKNOWN}. Thread-safe.
 */
public final class TurnEventCodec {
  private TurnEventCodec() {}

  public static byte[] encode(TurnEvent event) {
    return Json.MAPPER.writeValueAsBytes(event);
  }

  /**
   * Reads one event.
   *
   * @throws InvalidTurnEventException if the bytes are no JSON or a required field is missing
   */
  public static TurnEvent decode(byte[] json) {
    TurnEvent event;
    try {
      event = Json.MAPPER.readValue(json, TurnEvent.class);
    } catch (JacksonException e) {
      throw new InvalidTurnEventException(
          "not a turn event: " + e.getClass().getSimpleName() + location(e));
    }
    List<String> missing = missing(event);
    if (!missing.isEmpty()) {
      throw new InvalidTurnEventException(
          "not a turn event: missing " + String.join(", ", missing));
    }
    return event;
  }

  /** As {@link #decode(byte[])}, from a string. */
  public static TurnEvent decode(String json) {
    return decode(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String location(JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    return at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
  }

  @SuppressWarnings("NullAway") // Jackson leaves absent components null, whatever their type says.
  private static List<String> missing(@Nullable TurnEvent event) {
    List<String> missing = new ArrayList<>();
    if (event == null) {
      return List.of("value");
    }
    require(missing, "op", event.op());
    require(missing, "event_id", event.eventId());
    require(missing, "source", event.source());
    if (event.source() != null) {
      require(missing, "source.chat_id", event.source().chatId());
      require(missing, "source.handle", event.source().handle());
      require(missing, "source.kind", event.source().kind());
      require(missing, "source.snapshot", event.source().snapshot());
      require(missing, "source.cause", event.source().cause());
    }
    if (event.op() == Op.DELETE) {
      require(missing, "before", event.before());
    } else if (event.op() != null && event.op() != Op.UNKNOWN && !saysChatIsEmpty(event)) {
      require(missing, "after", event.after());
    }
    if (event.after() != null) {
      require(missing, "after.turn_id", event.after().turnId());
      require(missing, "after.hash", event.after().hash());
      require(missing, "after.role", event.after().role());
      require(missing, "after.name", event.after().name());
      require(missing, "after.text", event.after().text());
    }
    if (event.before() != null) {
      require(missing, "before.turn_id", event.before().turnId());
    }
    return missing;
  }

  private static boolean saysChatIsEmpty(TurnEvent event) {
    return event.op() == Op.READ
        && event.source() != null
        && event.source().snapshot() != null
        && event.source().snapshot().endsChat();
  }

  private static void require(List<String> missing, String field, @Nullable Object value) {
    if (value == null) {
      missing.add(field);
    }
  }
}
