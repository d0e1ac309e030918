package dev.tavernmem0.embedded.memory.filter;

import dev.tavernmem0.embedded.memory.filter.MetadataFilter.And;
import dev.tavernmem0.embedded.memory.filter.MetadataFilter.Contains;
import dev.tavernmem0.embedded.memory.filter.MetadataFilter.Not;
import dev.tavernmem0.embedded.memory.filter.MetadataFilter.OneOf;
import dev.tavernmem0.embedded.memory.filter.MetadataFilter.Or;
import dev.tavernmem0.embedded.memory.filter.MetadataFilter.Order;
import dev.tavernmem0.embedded.memory.filter.MetadataFilter.Present;
import dev.tavernmem0.embedded.memory.filter.MetadataFilter.Range;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads mem0's {@code filters} objects. */
public final class MetadataFilterParser {
  private MetadataFilterParser() {}

  /**
   * Reads a filter: fields with a value, a list of values, {@code "*"} or operators, and {@code
   * AND}, {@code OR}, {@code NOT} with a list of such objects, nested at will. The fields of one
   * object are ANDed.
   *
   * @throws InvalidFilterException if it is not such an object
   */
  public static MetadataFilter parse(JsonNode filters) {
    if (!filters.isObject()) {
      throw new InvalidFilterException("a filter must be an object, not " + filters.getNodeType());
    }
    List<MetadataFilter> all = new ArrayList<>();
    filters.forEachEntry((key, value) -> all.add(parseField(key, value)));
    return all.size() == 1 ? all.get(0) : new And(all);
  }

  private static MetadataFilter parseField(String key, JsonNode value) {
    return switch (key) {
      case "AND" -> new And(parseList(key, value, true));
      case "OR" -> new Or(parseList(key, value, false));
      case "NOT" -> new Not(new Or(parseList(key, value, false)));
      default -> parseCondition(key, value);
    };
  }

  private static List<MetadataFilter> parseList(String key, JsonNode value, boolean mayBeEmpty) {
    if (!value.isArray() || (value.isEmpty() && !mayBeEmpty)) {
      throw new InvalidFilterException(
          key + " operator requires a " + (mayBeEmpty ? "" : "non-empty ") + "list of conditions");
    }
    List<MetadataFilter> filters = new ArrayList<>();
    value.forEach(item -> filters.add(parse(item)));
    return filters;
  }

  private static MetadataFilter parseCondition(String key, JsonNode value) {
    if (value.isString() && value.stringValue().equals("*")) {
      return new Present(key);
    }
    if (value.isArray()) {
      return new OneOf(key, texts(value));
    }
    if (!value.isObject()) {
      return new OneOf(key, List.of(text(value)));
    }
    List<MetadataFilter> all = new ArrayList<>();
    value.forEachEntry((operator, operand) -> all.add(parseOperator(key, operator, operand)));
    return all.size() == 1 ? all.get(0) : new And(all);
  }

  private static MetadataFilter parseOperator(String key, String operator, JsonNode operand) {
    return switch (operator) {
      case "eq" -> new OneOf(key, List.of(text(operand)));
      case "ne" -> new Not(new OneOf(key, List.of(text(operand))));
      case "in" -> new OneOf(key, list(key, operator, operand));
      case "nin" -> new Not(new OneOf(key, list(key, operator, operand)));
      case "gt" -> new Range(key, Order.GT, number(key, operator, operand));
      case "gte" -> new Range(key, Order.GTE, number(key, operator, operand));
      case "lt" -> new Range(key, Order.LT, number(key, operator, operand));
      case "lte" -> new Range(key, Order.LTE, number(key, operator, operand));
      case "contains" -> new Contains(key, text(operand), false);
      case "icontains" -> new Contains(key, text(operand), true);
      default ->
          throw new InvalidFilterException("Unsupported metadata filter operator: " + operator);
    };
  }

  private static List<String> list(String key, String operator, JsonNode operand) {
    if (!operand.isArray()) {
      throw new InvalidFilterException(
          "Filter operator '" + operator + "' for key '" + key + "' requires a list value");
    }
    return texts(operand);
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(item -> texts.add(text(item)));
    return texts;
  }

  private static String text(JsonNode value) {
    String text = PostgresText.of(value);
    return text == null ? "None" : text;
  }

  private static BigDecimal number(String key, String operator, JsonNode operand) {
    try {
      return new BigDecimal(text(operand).strip());
    } catch (NumberFormatException e) {
      throw new InvalidFilterException(
          "Filter operator '" + operator + "' for key '" + key + "' requires a number");
    }
  }
}
