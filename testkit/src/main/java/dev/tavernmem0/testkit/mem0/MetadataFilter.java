package dev.tavernmem0.testkit.mem0;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * mem0's search filters, as its pgvector store evaluates them: a value that is no string is
 * compared by its JSON text, as PostgreSQL prints it.
 */
final class MetadataFilter {
  private static final Set<String> OPERATORS =
      Set.of("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "contains", "icontains");

  private MetadataFilter() {}

  static boolean matches(JsonNode filters, StoredMemory memory) {
    return filters.properties().stream()
        .allMatch(filter -> matches(filter.getKey(), filter.getValue(), memory));
  }

  private static boolean matches(String key, JsonNode condition, StoredMemory memory) {
    return switch (key) {
      case "AND" -> condition.valueStream().allMatch(filters -> matches(filters, memory));
      case "OR" -> condition.valueStream().anyMatch(filters -> matches(filters, memory));
      case "NOT" -> condition.valueStream().noneMatch(filters -> matches(filters, memory));
      default -> {
        String value = value(key, memory);
        if (condition.isArray()) {
          yield value != null && condition.valueStream().anyMatch(one -> value.equals(text(one)));
        }
        if (!condition.isObject()) {
          yield value != null
              && (condition.asString("").equals("*") || value.equals(text(condition)));
        }
        yield condition.properties().stream()
            .allMatch(test -> matches(value, test.getKey(), test.getValue()));
      }
    };
  }

  private static boolean matches(@Nullable String value, String operator, JsonNode operand) {
    if (!OPERATORS.contains(operator)) {
      throw new ApiException(400, "Unsupported metadata filter operator: " + operator);
    }
    if (value == null) {
      return false;
    }
    return switch (operator) {
      case "eq" -> value.equals(text(operand));
      case "ne" -> !value.equals(text(operand));
      case "gt" -> Double.parseDouble(value) > operand.asDouble();
      case "gte" -> Double.parseDouble(value) >= operand.asDouble();
      case "lt" -> Double.parseDouble(value) < operand.asDouble();
      case "lte" -> Double.parseDouble(value) <= operand.asDouble();
      case "in" -> operand.valueStream().anyMatch(one -> value.equals(text(one)));
      case "nin" -> operand.valueStream().noneMatch(one -> value.equals(text(one)));
      case "contains" -> value.contains(text(operand));
      default -> value.toLowerCase(Locale.ROOT).contains(text(operand).toLowerCase(Locale.ROOT));
    };
  }

  private static @Nullable String value(String key, StoredMemory memory) {
    return switch (key) {
      case "user_id" -> memory.userId();
      case "agent_id" -> memory.agentId();
      case "run_id" -> memory.runId();
      default -> {
        Object value = memory.metadata().get(key);
        yield value == null ? null : text(JsonMapper.shared().valueToTree(value));
      }
    };
  }

  private static String text(JsonNode value) {
    if (value.isString()) {
      return value.stringValue();
    }
    StringBuilder text = new StringBuilder();
    print(value, text);
    return text.toString();
  }

  private static void print(JsonNode value, StringBuilder to) {
    String separator = "";
    if (value.isArray()) {
      to.append('[');
      for (JsonNode one : value) {
        to.append(separator);
        print(one, to);
        separator = ", ";
      }
      to.append(']');
    } else if (value.isObject()) {
      to.append('{');
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        to.append(separator).append(JsonMapper.shared().writeValueAsString(field.getKey()));
        to.append(": ");
        print(field.getValue(), to);
        separator = ", ";
      }
      to.append('}');
    } else {
      to.append(value);
    }
  }
}
