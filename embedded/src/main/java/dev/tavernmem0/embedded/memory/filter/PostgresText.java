package dev.tavernmem0.embedded.memory.filter;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** JSON values as PostgreSQL's {@code jsonb ->> key} gives them. */
final class PostgresText {
  private PostgresText() {}

  /** Strings without quotes, other values as JSON with a space after commas and colons. */
  static @Nullable String of(@Nullable JsonNode value) {
    if (value == null || value.isNull() || value.isMissingNode()) {
      return null;
    }
    return value.isString() ? value.stringValue() : json(value);
  }

  private static String json(JsonNode value) {
    if (value.isArray()) {
      StringJoiner items = new StringJoiner(", ", "[", "]");
      value.forEach(item -> items.add(json(item)));
      return items.toString();
    }
    if (value.isObject()) {
      StringJoiner fields = new StringJoiner(", ", "{", "}");
      value.forEachEntry((key, field) -> fields.add(quoted(key) + ": " + json(field)));
      return fields.toString();
    }
    return value.toString();
  }

  private static String quoted(String key) {
    return StringNode.valueOf(key).toString();
  }
}
