package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.writer.consume.BatchSelection;
import dev.tavernmem0.writer.consume.Requeue;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** What the API says of itself. Needs neither Kafka nor mem0. */
class ApiDocumentIT {
  private static WriterUnderTest writer;
  private static JsonNode document;

  @BeforeAll
  static void start() {
    writer =
        WriterUnderTest.start(
            WriterUnderTest.quick("127.0.0.1:1", URI.create("http://127.0.0.1:1")));
    document = new Api(writer).get("/v3/api-docs");
  }

  @AfterAll
  static void stop() {
    writer.close();
  }

  /** By method and path. */
  private static Map<String, JsonNode> operations() {
    Map<String, JsonNode> operations = new TreeMap<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        operations.put(
            operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
            operation.getValue());
      }
    }
    return operations;
  }

  /** What our own controllers answer, by method and path. */
  private static Set<String> mappings() {
    return writer
        .bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .entrySet()
        .stream()
        .filter(it -> it.getValue().getBeanType().getName().startsWith("dev.tavernmem0."))
        .flatMap(
            it ->
                it.getKey().getPatternValues().stream()
                    .flatMap(
                        path ->
                            it.getKey().getMethodsCondition().getMethods().stream()
                                .map(method -> method.name() + " " + path)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void every_operation_and_no_other_is_in_the_document() {
    assertThat(document.path("openapi").asString()).startsWith("3.1");
    assertThat(operations().keySet()).isEqualTo(mappings());
  }

  @Test
  void every_operation_says_what_it_is_for_and_what_it_may_refuse() {
    operations()
        .forEach(
            (name, operation) -> {
              String summary = operation.path("summary").asString();
              assertThat(summary).as(name).isNotEmpty();
              assertThat(operation.path("description").asString("")).doesNotStartWith(summary);
              assertThat(operation.path("operationId").asString()).matches("[a-zA-Z]+");
              assertThat(operation.path("responses").propertyNames())
                  .as(name)
                  .contains("401", "403", "default");
            });
  }

  @Test
  void what_every_operation_of_the_ledger_refuses_without_kafka_is_in_the_document() {
    new DocumentedApi(writer).refusal("GET", "/v1/chats", 503);
  }

  @Test
  void every_parameter_and_every_property_says_what_it_means() {
    operations()
        .forEach(
            (name, operation) ->
                operation
                    .path("parameters")
                    .forEach(it -> assertThat(said(it)).as(name + " " + it).isNotEmpty()));
    document
        .path("components")
        .path("schemas")
        .properties()
        .forEach(
            schema -> {
              assertThat(said(schema.getValue())).as(schema.getKey()).isNotEmpty();
              schema
                  .getValue()
                  .path("properties")
                  .properties()
                  .forEach(
                      property ->
                          assertThat(said(property.getValue()))
                              .as(schema.getKey() + "." + property.getKey())
                              .isNotEmpty());
            });
  }

  @Test
  void every_property_of_an_answer_is_required_but_those_of_problems() {
    for (Map.Entry<String, JsonNode> schema :
        document.path("components").path("schemas").properties()) {
      boolean isSent = schema.getKey().endsWith("Request");
      if (!schema.getKey().equals("Problem") && !isSent) {
        assertThat(schema.getValue().path("required").valueStream().map(JsonNode::asString))
            .as(schema.getKey())
            .containsExactlyInAnyOrderElementsOf(
                schema.getValue().path("properties").propertyNames());
      }
    }
  }

  private static String said(JsonNode described) {
    return described.path("description").asString("");
  }

  @Test
  void the_values_of_parameters_are_those_that_are_taken() {
    JsonNode limit = parameter("GET /v1/batches", "limit");

    assertThat(limit.path("type").asString()).isEqualTo("integer");
    assertThat(limit.path("minimum").asInt()).isEqualTo(1);
    assertThat(limit.path("maximum").asInt()).isEqualTo(500);
    assertThat(limit.path("default").asInt()).isEqualTo(50);
    assertThat(fates("GET /v1/batches")).isEqualTo(names(BatchSelection.POSSIBLE));
    assertThat(fates("POST /v1/requeues")).isEqualTo(names(Requeue.POSSIBLE));
  }

  private static JsonNode parameter(String operation, String name) {
    return operations()
        .get(operation)
        .path("parameters")
        .valueStream()
        .filter(it -> it.path("name").asString().equals(name))
        .findFirst()
        .orElseThrow()
        .path("schema");
  }

  private static Set<String> fates(String operation) {
    JsonNode schema = parameter(operation, "fate");
    assertThat(schema.path("type").asString()).isEqualTo("array");
    return schema
        .path("items")
        .path("enum")
        .valueStream()
        .map(JsonNode::asString)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> names(Set<Fate> fates) {
    return fates.stream().map(Fate::json).collect(Collectors.toCollection(TreeSet::new));
  }
}
