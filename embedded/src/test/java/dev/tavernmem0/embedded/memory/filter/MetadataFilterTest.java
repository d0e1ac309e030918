package dev.tavernmem0.embedded.memory.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class MetadataFilterTest {
  private static final ObjectNode PAYLOAD =
      (ObjectNode)
          Json.MAPPER.readTree(
              """
              {"user_id":"u","day":3,"text":"3","yes":true,"nothing":null,"half":0.5,
               "ids":["t1","t2"],"nested":{"a":1,"b":["x"]},"place":"The Inn"}
              """);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"day\":3}",
        "{\"day\":\"3\"}",
        "{\"text\":3}",
        "{\"text\":{\"gte\":3}}",
        "{\"yes\":true}",
        "{\"half\":{\"gt\":0.4,\"lt\":\"0.6\"}}",
        "{\"ids\":{\"contains\":\"\\\"t1\\\", \\\"t2\\\"\"}}",
        "{\"nested\":{\"eq\":\"{\\\"a\\\": 1, \\\"b\\\": [\\\"x\\\"]}\"}}",
        "{\"nothing\":\"*\"}",
        "{\"place\":{\"icontains\":\"INN\"}}",
        "{\"OR\":[{\"missing\":1},{\"day\":3}]}",
        "{\"AND\":[{\"OR\":[{\"day\":1},{\"day\":3}]},{\"NOT\":[{\"text\":\"4\"}]}]}",
        "{\"AND\":[]}",
      })
  void holds(String filter) {
    assertThat(parse(filter).matches(PAYLOAD)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"day\":4}",
        "{\"day\":3,\"text\":\"4\"}",
        "{\"day\":{\"gt\":3}}",
        "{\"place\":{\"gt\":1}}",
        "{\"place\":{\"contains\":\"inn\"}}",
        "{\"ids\":{\"contains\":\"\\\"t\\\"\"}}",
        "{\"nothing\":\"x\"}",
      })
  void does_not_hold(String filter) {
    assertThat(parse(filter).matches(PAYLOAD)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"missing\":{\"ne\":\"x\"}}",
        "{\"missing\":{\"nin\":[\"x\"]}}",
        "{\"nothing\":{\"ne\":\"x\"}}",
        "{\"NOT\":[{\"missing\":\"x\"}]}",
        "{\"NOT\":[{\"OR\":[{\"missing\":1},{\"day\":4}]}]}",
        "{\"AND\":[{\"day\":3},{\"missing\":{\"ne\":1}}]}",
      })
  void a_missing_field_satisfies_no_condition_not_even_anegated_one(String filter) {
    assertThat(parse(filter).matches(PAYLOAD)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"day\":{\"like\":1}}",
        "{\"day\":{\"in\":3}}",
        "{\"day\":{\"gt\":\"many\"}}",
        "{\"OR\":[]}",
        "{\"NOT\":{}}",
        "{\"AND\":3}",
        "{\"AND\":[3]}",
      })
  void what_makes_no_sense_is_refused(String filter) {
    assertThatThrownBy(() -> parse(filter)).isInstanceOf(InvalidFilterException.class);
  }

  @Test
  void the_refusal_names_the_operator() {
    assertThatThrownBy(() -> parse("{\"day\":{\"like\":1}}"))
        .hasMessage("Unsupported metadata filter operator: like");
  }

  private static MetadataFilter parse(String json) {
    return MetadataFilterParser.parse(Json.MAPPER.readTree(json));
  }
}
