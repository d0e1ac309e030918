package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * The writer's API as its document describes it: answers have to be what the document says, and
 * which of it was not answered yet is told. Not thread-safe.
 */
final class DocumentedApi {
  private final Api api;
  private final JsonNode document;
  private final Set<String> called = new TreeSet<>();
  private final Set<String> seen = new TreeSet<>();

  DocumentedApi(WriterUnderTest writer) {
    api = new Api(writer);
    document = api.get("/v3/api-docs");
  }

  JsonNode get(String path) {
    return call("GET", path);
  }

  JsonNode post(String path) {
    return call("POST", path);
  }

  /** The answer to a body, of this status of those that the document has. */
  JsonNode post(String path, String body, int status) {
    String template = template(path);
    JsonNode response = responses("POST", template).path(Integer.toString(status));
    JsonNode answer = api.post(path, body, status);
    compare(
        response.path("content").path("application/json").path("schema"),
        answer,
        "POST " + template);
    called.add("POST " + template);
    return answer;
  }

  /** The answer to a request that is carried out, which has to be as the document says. */
  private JsonNode call(String method, String path) {
    String template = template(path);
    JsonNode responses = responses(method, template);
    String status =
        responses.propertyNames().stream()
            .filter(name -> name.startsWith("2"))
            .collect(Collectors.joining());
    JsonNode answer = api.call(method, path, Integer.parseInt(status));
    compare(
        responses.path(status).path("content").path("application/json").path("schema"),
        answer,
        method + " " + template);
    called.add(method + " " + template);
    return answer;
  }

  /** A refusal, which has to be one that the document names for this operation. */
  void refusal(String method, String path, int status) {
    String template = template(path);
    JsonNode response = responses(method, template).path(String.valueOf(status));
    JsonNode problem = api.problem(method, path, status);
    String type = problem.path("type").asString();
    assertThat(response.path("description").asString())
        .as(method + " " + template + " " + status)
        .contains("`" + type.substring(type.lastIndexOf(':') + 1) + "`");
    compare(
        response.path("content").path("application/problem+json").path("schema"),
        problem,
        method + " " + template + " " + status);
  }

  /** Compares what stands inside of answers with its schema. */
  void part(String schema, JsonNode value) {
    seen.add(schema);
    compare(schemas().path(schema), value, schema);
  }

  /** Operations that were not called, as {@code GET /v1/status}. */
  Set<String> uncalled() {
    Set<String> operations = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (String method : path.getValue().propertyNames()) {
        operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
      }
    }
    operations.removeAll(called);
    return operations;
  }

  /** Schemas of which no answer had anything. */
  Set<String> unseen() {
    Set<String> names = new TreeSet<>(schemas().propertyNames());
    names.removeAll(seen);
    return names;
  }

  private JsonNode schemas() {
    return document.path("components").path("schemas");
  }

  private String template(String path) {
    String asked = path.replaceFirst("\\?.*", "");
    return document.path("paths").propertyNames().stream()
        .filter(template -> asked.matches(template.replaceAll("\\{\\w+}", "[^/]+")))
        .findFirst()
        .orElseThrow(() -> new AssertionError(path + " is not in the document"));
  }

  private JsonNode responses(String method, String template) {
    JsonNode operation =
        document.path("paths").path(template).path(method.toLowerCase(Locale.ROOT));
    assertThat(operation.isMissingNode()).as(method + " " + template + " is missing").isFalse();
    return operation.path("responses");
  }

  private void compare(JsonNode schema, JsonNode value, String place) {
    String reference = schema.path("$ref").asString("");
    if (!reference.isEmpty()) {
      String name = reference.substring(reference.lastIndexOf('/') + 1);
      seen.add(name);
      compare(schemas().path(name), value, place);
      return;
    }
    assertThat(types(schema)).as(place + " = " + value).containsAnyOf(types(value, place));
    if (schema.has("enum")) {
      assertThat(schema.path("enum").valueStream()).as(place).contains(value);
    }
    if (value.isArray()) {
      value.forEach(element -> compare(schema.path("items"), element, place + "[]"));
    } else if (value.isObject() && schema.has("additionalProperties")) {
      value.forEach(one -> compare(schema.path("additionalProperties"), one, place + ".*"));
    } else if (value.isObject()) {
      compareProperties(schema, value, place);
    }
  }

  private void compareProperties(JsonNode schema, JsonNode value, String place) {
    JsonNode properties = schema.path("properties");
    assertThat(properties.propertyNames()).as(place).containsAll(value.propertyNames());
    assertThat(value.propertyNames())
        .as(place)
        .containsAll(schema.path("required").valueStream().map(JsonNode::asString).toList());
    for (Map.Entry<String, JsonNode> one : value.properties()) {
      compare(properties.path(one.getKey()), one.getValue(), place + "." + one.getKey());
    }
  }

  private static Set<String> types(JsonNode schema) {
    JsonNode type = schema.path("type");
    return type.isArray()
        ? type.valueStream().map(JsonNode::asString).collect(Collectors.toSet())
        : Set.of(type.asString());
  }

  /** As JSON Schema calls what a value is. */
  private static String[] types(JsonNode value, String place) {
    return switch (value.getNodeType()) {
      case OBJECT -> new String[] {"object"};
      case ARRAY -> new String[] {"array"};
      case STRING -> new String[] {"string"};
      case BOOLEAN -> new String[] {"boolean"};
      case NULL -> new String[] {"null"};
      case NUMBER ->
          value.isIntegralNumber() ? new String[] {"integer", "number"} : new String[] {"number"};
      default -> throw new AssertionError(place + " holds no JSON: " + value.getNodeType());
    };
  }
}
