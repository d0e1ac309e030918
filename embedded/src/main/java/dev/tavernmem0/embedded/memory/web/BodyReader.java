package dev.tavernmem0.embedded.memory.web;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the fields of a JSON body and collects what is wrong with them, so that the caller learns
 * of all at once as from mem0. Absent and null are the same. Call {@link #check} before using what
 * was read.
 */
final class BodyReader {
  private final JsonNode body;
  private final List<Object> location;
  private final List<FieldError> errors;

  BodyReader(JsonNode body) {
    this(body, List.of("body"), new ArrayList<>());
    if (!body.isObject()) {
      errors.add(
          new FieldError(
              "model_attributes_type",
              location,
              "Input should be a valid dictionary or object to extract fields from"));
    }
  }

  private BodyReader(JsonNode body, List<Object> location, List<FieldError> errors) {
    this.body = body;
    this.location = location;
    this.errors = errors;
  }

  /** Whether the field is there, if only as null. */
  boolean has(String field) {
    return body.has(field);
  }

  @Nullable String string(String field) {
    JsonNode value = value(field);
    if (value == null || value.isString()) {
      return value == null ? null : value.stringValue();
    }
    error("string_type", field, "Input should be a valid string");
    return null;
  }

  String requiredString(String field) {
    if (missing(field)) {
      return "";
    }
    if (!body.path(field).isString()) {
      error("string_type", field, "Input should be a valid string");
      return "";
    }
    return body.path(field).stringValue();
  }

  @Nullable ObjectNode object(String field) {
    JsonNode value = value(field);
    if (value == null || value instanceof ObjectNode) {
      return (ObjectNode) value;
    }
    error("dict_type", field, "Input should be a valid dictionary");
    return null;
  }

  @Nullable Integer integer(String field) {
    JsonNode value = value(field);
    if (value == null) {
      return null;
    }
    if (value.isNumber() && value.canConvertToExactIntegral() && value.canConvertToInt()) {
      return value.asInt();
    }
    error("int_type", field, "Input should be a valid integer");
    return null;
  }

  @Nullable Double number(String field) {
    JsonNode value = value(field);
    if (value == null || value.isNumber()) {
      return value == null ? null : value.asDouble();
    }
    error("float_type", field, "Input should be a valid number");
    return null;
  }

  @Nullable Boolean bool(String field) {
    JsonNode value = value(field);
    if (value == null || value.isBoolean()) {
      return value == null ? null : value.booleanValue();
    }
    error("bool_type", field, "Input should be a valid boolean");
    return null;
  }

  /** The objects of a list; each reports its errors here. */
  List<BodyReader> requiredObjects(String field) {
    List<BodyReader> items = new ArrayList<>();
    if (missing(field)) {
      return items;
    }
    JsonNode list = body.path(field);
    if (!list.isArray()) {
      error("list_type", field, "Input should be a valid list");
      return items;
    }
    for (JsonNode item : list) {
      BodyReader reader = new BodyReader(item, at(at(location, field), items.size()), errors);
      if (!item.isObject()) {
        errors.add(
            new FieldError(
                "model_attributes_type",
                reader.location,
                "Input should be a valid dictionary or object to extract fields from"));
      }
      items.add(reader);
    }
    return items;
  }

  /**
   * Ends the reading.
   *
   * @throws InvalidFieldsException if anything was wrong
   */
  void check() {
    if (!errors.isEmpty()) {
      throw new InvalidFieldsException(errors);
    }
  }

  private boolean missing(String field) {
    if (!body.isObject()) {
      return true; // reported for the object itself
    }
    if (!body.has(field)) {
      error("missing", field, "Field required");
      return true;
    }
    return false;
  }

  private @Nullable JsonNode value(String field) {
    JsonNode value = body.path(field);
    return value.isMissingNode() || value.isNull() ? null : value;
  }

  private void error(String type, String field, String message) {
    errors.add(new FieldError(type, at(location, field), message));
  }

  private static List<Object> at(List<Object> location, Object step) {
    List<Object> deeper = new ArrayList<>(location);
    deeper.add(step);
    return List.copyOf(deeper);
  }
}
