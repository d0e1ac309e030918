package dev.tavernmem0.common.ledger;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamReadException;

/**
 * Reads entries that are as {@link LedgerCodec#encode} writes them: all fields, in the order of the
 * records' components, each of its own type. A writer reads its whole ledger when it starts, in a
 * JVM that has compiled nothing yet, and data binding takes several times as long there.
 */
final class LedgerEntryParser {
  private final JsonParser json;

  private LedgerEntryParser(JsonParser json) {
    this.json = json;
  }

  /**
   * Reads one entry.
   *
   * @throws tools.jackson.core.JacksonException if it is not as ours are; it can be an entry yet
   */
  static LedgerEntry parse(byte[] entry) {
    try (JsonParser json = Json.MAPPER.createParser(entry)) {
      LedgerEntryParser parser = new LedgerEntryParser(json);
      parser.next(JsonToken.START_OBJECT);
      LedgerEntry parsed = parser.entry();
      if (json.nextToken() != null) {
        throw parser.unexpected();
      }
      return parsed;
    }
  }

  // Java evaluates arguments from left to right.

  private LedgerEntry entry() {
    LedgerEntry entry =
        new LedgerEntry(
            integer("version"),
            string("batch_id"),
            integer("generation"),
            string("chat_id"),
            string("chat_file"),
            scope("scope"),
            strings("group_members"),
            Fate.of(string("fate")),
            optionalString("reason"),
            list("turns", JsonToken.START_OBJECT, this::turn),
            strings("memory_ids"),
            list("merges", JsonToken.START_OBJECT, this::merge),
            integer("attempts"),
            number("ts_ms"));
    next(JsonToken.END_OBJECT);
    return entry;
  }

  private LedgerTurn turn() {
    LedgerTurn turn =
        new LedgerTurn(
            string("turn_id"),
            optionalString("chat_id"),
            string("utterance"),
            string("hash"),
            number("offset"),
            bool("gone"));
    next(JsonToken.END_OBJECT);
    return turn;
  }

  private Merge merge() {
    Merge merge = new Merge(string("memory_id"), Merge.Change.of(string("change")));
    next(JsonToken.END_OBJECT);
    return merge;
  }

  private Scope scope(String field) {
    value(field, JsonToken.START_OBJECT);
    Scope scope = new Scope(string("user_id"), string("agent_id"));
    next(JsonToken.END_OBJECT);
    return scope;
  }

  private List<String> strings(String field) {
    return list(field, JsonToken.VALUE_STRING, json::getString);
  }

  private <T> List<T> list(String field, JsonToken first, Supplier<T> element) {
    value(field, JsonToken.START_ARRAY);
    List<T> list = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      current(first);
      list.add(element.get());
    }
    return list;
  }

  private String string(String field) {
    value(field, JsonToken.VALUE_STRING);
    return json.getString();
  }

  private @Nullable String optionalString(String field) {
    name(field);
    if (json.nextToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    current(JsonToken.VALUE_STRING);
    return json.getString();
  }

  private int integer(String field) {
    value(field, JsonToken.VALUE_NUMBER_INT);
    return json.getIntValue();
  }

  private long number(String field) {
    value(field, JsonToken.VALUE_NUMBER_INT);
    return json.getLongValue();
  }

  private boolean bool(String field) {
    name(field);
    if (json.nextToken() == JsonToken.VALUE_TRUE) {
      return true;
    }
    current(JsonToken.VALUE_FALSE);
    return false;
  }

  private void value(String field, JsonToken token) {
    name(field);
    next(token);
  }

  private void name(String field) {
    if (!field.equals(json.nextName())) {
      throw unexpected();
    }
  }

  private void next(JsonToken token) {
    json.nextToken();
    current(token);
  }

  private void current(JsonToken token) {
    if (json.currentToken() != token) {
      throw unexpected();
    }
  }

  private StreamReadException unexpected() {
    return new StreamReadException(json, "not as entries are written");
  }
}
