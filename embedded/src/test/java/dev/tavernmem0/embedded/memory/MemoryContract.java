package dev.tavernmem0.embedded.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.embedded.memory.Mem0Http.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the pipeline relies on in mem0 v2's REST interface, for any server: no language model is
 * asked, and only users that the tests made up are touched.
 */
abstract class MemoryContract {
  private final String user = "u-" + UUID.randomUUID();
  private Mem0Http mem0;

  @BeforeEach
  void connect(Mem0Http server) {
    mem0 = server;
  }

  @Nested
  class Adding {
    @Test
    void each_message_becomes_amemory_word_for_word() {
      JsonNode results =
          add("seraphina", "{}", message("user", "Alex: hi 🌸"), message("assistant", "你好"))
              .results();

      assertThat(texts(results)).containsExactly("Alex: hi 🌸", "你好");
      assertThat(strings(results, "event")).containsOnly("ADD");
      assertThat(strings(results, "role")).containsExactly("user", "assistant");
      assertThat(texts(list())).containsExactlyInAnyOrder("Alex: hi 🌸", "你好");
    }

    @Test
    void system_messages_are_not_stored() {
      assertThat(
              texts(add("a", "{}", message("system", "rules"), message("user", "fact")).results()))
          .containsExactly("fact");
    }

    @Test
    void the_same_text_again_is_asecond_memory() {
      add("a", "{}", message("user", "twice"));
      add("a", "{}", message("user", "twice"));

      assertThat(texts(list())).containsExactly("twice", "twice");
    }

    @Test
    void metadata_comes_back_as_it_was_given() {
      String metadata =
          """
          {"turn_ids":["t1","t2"],"nested":{"a":[1,{"b":null}]},"emoji":"🌸\\u2028","n":1.5,
           "big":9223372036854775807,"yes":true}
          """;
      add("a", metadata, message("user", "fact"));

      JsonNode stored = list().get(0).path("metadata");
      assertThat(stored).isEqualTo(Json.MAPPER.readTree(metadata));
    }

    @Test
    void metadata_cannot_say_whose_memory_it_is() {
      add(
          "a",
          "{\"user_id\":\"victim\",\"run_id\":\"r\",\"actor_id\":\"x\",\"kept\":1}",
          message("user", "fact"));

      JsonNode memory = list().get(0);
      assertThat(memory.path("user_id").asString()).isEqualTo(user);
      assertThat(memory.has("run_id")).isFalse();
      assertThat(memory.has("actor_id")).isFalse();
      assertThat(memory.path("metadata")).isEqualTo(Json.MAPPER.readTree("{\"kept\":1}"));
    }

    @Test
    void metadata_may_date_the_memory() {
      add("a", "{\"created_at\":\"2024-02-29T08:00:00+00:00\"}", message("user", "old"));

      assertThat(strings(list(), "created_at")).containsExactly("2024-02-29T08:00:00+00:00");
    }

    @Test
    void an_id_with_whitespace_is_refused() {
      Answer answer =
          mem0.post(
              "/memories",
              "{\"messages\":["
                  + message("user", "x")
                  + "],\"user_id\":\"two words\",\"infer\":false}");

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.detail()).contains("user_id").contains("whitespace");
    }

    @Test
    void at_least_one_id_is_needed() {
      Answer answer =
          mem0.post("/memories", "{\"messages\":[" + message("user", "x") + "],\"infer\":false}");

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.detail()).contains("user_id, agent_id, run_id");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "{\"user_id\":\"u\"}                                            | messages",
          "{\"user_id\":\"u\",\"messages\":\"text\"}                      | messages",
          "{\"user_id\":\"u\",\"messages\":[{\"content\":\"x\"}]}         | role",
          "{\"user_id\":\"u\",\"messages\":[{\"role\":\"user\"}]}         | content",
          "{\"user_id\":7,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}                                | user_id",
          "{\"user_id\":\"u\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"metadata\":[]}            | metadata",
        })
    void a_body_of_the_wrong_shape_is_answered_with422_and_the_place(String body, String field) {
      Answer answer = mem0.post("/memories", body);

      assertThat(answer.status()).isEqualTo(422);
      JsonNode error = answer.json().path("detail").path(0);
      assertThat(error.path("loc").path(0).asString()).isEqualTo("body");
      assertThat(error.path("loc").toString()).contains(field);
      assertThat(error.path("msg").asString()).isNotBlank();
      assertThat(error.path("type").asString()).isNotBlank();
    }

    @Test
    void a_body_that_is_not_json_is_answered_with422() {
      assertThat(mem0.post("/memories", "{\"messages\":").status()).isEqualTo(422);
    }
  }

  /** Of servers that say that they take idempotency keys; mem0's own has no {@code /ready}. */
  @Nested
  class Repeating {
    private final String key = UUID.randomUUID().toString();

    @BeforeEach
    void onlyWhereKeysAreTaken() {
      JsonNode ready = mem0.get("/ready").json();
      assumeThat(ready.path("idempotency_key").asBoolean(false)).isTrue();
    }

    @Test
    void the_server_says_what_it_can_do() {
      Answer ready = mem0.get("/ready");

      assertThat(ready.status()).isEqualTo(200);
      assertThat(ready.json().path("status").asString()).isEqualTo("ready");
      assertThat(ready.json().path("checks").isObject()).isTrue();
      assertThat(ready.json().path("fact_prompt").asString()).isEqualTo("user_and_assistant");
      assertThat(ready.json().path("events").toString()).contains("ADD");
      assertThat(ready.json().has("flavour")).isTrue();
      assertThat(ready.json().has("mem0ai")).isTrue();
      assertThat(ready.json().has("embedder_limit_tokens")).isTrue();
    }

    @Test
    void a_repeat_is_answered_as_the_first_and_stores_nothing() {
      Answer first = mem0.add(key, body("fact", user));
      Answer again = mem0.add(key, body("fact", user));

      assertThat(first.replayed()).isFalse();
      assertThat(again.replayed()).isTrue();
      assertThat(again.results()).isEqualTo(first.results());
      assertThat(list().size()).isEqualTo(1);
    }

    @Test
    void the_answer_outlives_its_memories() {
      Answer first = mem0.add(key, body("fact", user));
      mem0.delete("/memories?user_id=" + user);

      assertThat(mem0.add(key, body("fact", user)).results()).isEqualTo(first.results());
      assertThat(list().size()).isZero();
    }

    @Test
    void another_body_under_the_same_key_is_answered_with422() {
      mem0.add(key, body("fact", user));

      assertThat(mem0.add(key, body("another", user)).status()).isEqualTo(422);
      assertThat(texts(list())).containsExactly("fact");
    }

    @Test
    void what_is_no_key_is_answered_with400() {
      assertThat(mem0.add("two words", body("fact", user)).status()).isEqualTo(400);
      assertThat(mem0.add("x".repeat(201), body("fact", user)).status()).isEqualTo(400);
      assertThat(list().size()).isZero();
    }

    @Test
    void a_key_belongs_to_its_ids() {
      String other = "u-" + UUID.randomUUID();

      assertThat(mem0.add(key, body("fact", user)).replayed()).isFalse();
      assertThat(mem0.add(key, body("fact", other)).replayed()).isFalse();
      assertThat(mem0.get("/memories?user_id=" + other).results().size()).isEqualTo(1);
    }

    private static String body(String text, String user) {
      return "{\"messages\":[%s],\"user_id\":\"%s\",\"infer\":false}"
          .formatted(message("user", text), user);
    }
  }

  @Nested
  class Listing {
    @Test
    void a_user_alone_also_selects_what_the_user_has_with_agents() {
      add("seraphina", "{}", message("user", "with Seraphina"));
      add("kai", "{}", message("user", "with Kai"));

      assertThat(texts(list())).containsExactlyInAnyOrder("with Seraphina", "with Kai");
      assertThat(texts(mem0.get("/memories?user_id=" + user + "&agent_id=kai").results()))
          .containsExactly("with Kai");
      assertThat(texts(mem0.get("/memories?user_id=" + user + "&agent_id=nobody").results()))
          .isEmpty();
    }

    @Test
    void top_kbounds_the_list() {
      for (int i = 0; i < 22; i++) {
        add("a", "{}", message("user", "fact " + i));
      }

      assertThat(mem0.get("/memories?user_id=" + user).results().size()).isEqualTo(20);
      assertThat(mem0.get("/memories?user_id=" + user + "&top_k=1000").results().size())
          .isEqualTo(22);
      assertThat(mem0.get("/memories?user_id=" + user + "&top_k=3").results().size()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1001", "many"})
    void top_kout_of_range_is_answered_with422(String topK) {
      Answer answer = mem0.get("/memories?user_id=" + user + "&top_k=" + topK);

      assertThat(answer.status()).isEqualTo(422);
      assertThat(answer.json().path("detail").path(0).path("loc").toString())
          .isEqualTo("[\"query\",\"top_k\"]");
    }

    @Test
    void one_memory_is_given_by_its_id() {
      String id = addOne("fact");

      JsonNode memory = mem0.get("/memories/" + id).json();
      assertThat(memory.path("id").asString()).isEqualTo(id);
      assertThat(memory.path("memory").asString()).isEqualTo("fact");
      assertThat(memory.path("user_id").asString()).isEqualTo(user);
      assertThat(memory.path("hash").asString()).hasSize(32);
    }

    @Test
    void an_unknown_id_is_null() {
      Answer answer = mem0.get("/memories/" + UUID.randomUUID());

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("null");
    }
  }

  @Nested
  class Updating {
    @Test
    void text_is_replaced_and_metadata_merged() {
      add("a", "{\"kept\":1,\"changed\":1}", message("user", "before"));
      JsonNode before = list().get(0);
      String id = before.path("id").asString();

      Answer answer =
          mem0.put(
              "/memories/" + id,
              "{\"text\":\"after\",\"metadata\":{\"changed\":2,\"user_id\":\"victim\"}}");

      assertThat(answer.status()).isEqualTo(200);
      JsonNode after = list().get(0);
      assertThat(after.path("id").asString()).isEqualTo(id);
      assertThat(after.path("memory").asString()).isEqualTo("after");
      assertThat(after.path("user_id").asString()).isEqualTo(user);
      assertThat(after.path("metadata"))
          .isEqualTo(Json.MAPPER.readTree("{\"kept\":1,\"changed\":2}"));
      assertThat(after.path("created_at")).isEqualTo(before.path("created_at"));
      assertThat(after.path("updated_at")).isNotEqualTo(before.path("updated_at"));
      assertThat(after.path("hash")).isNotEqualTo(before.path("hash"));
    }

    @Test
    void the_new_text_is_what_search_finds() {
      String id = addOne("a cat named Miso");
      mem0.put("/memories/" + id, "{\"text\":\"a boat on the lake\"}");

      JsonNode hit = search("a boat on the lake", "{}", ",\"explain\":true").get(0);
      assertThat(hit.path("memory").asString()).isEqualTo("a boat on the lake");
      assertThat(hit.path("score_details").path("semantic_score").asDouble()).isGreaterThan(0.5);
    }

    @Test
    void a_past_expiration_date_hides_amemory_and_null_restores_it() {
      String id = addOne("secret");

      assertThat(mem0.put("/memories/" + id, "{\"expiration_date\":\"2000-01-01\"}").status())
          .isEqualTo(200);
      assertThat(texts(list())).isEmpty();
      assertThat(texts(search("secret", "{}", ""))).isEmpty();
      assertThat(mem0.get("/memories/" + id).json().path("memory").asString()).isEqualTo("secret");

      assertThat(mem0.put("/memories/" + id, "{\"expiration_date\":null}").status()).isEqualTo(200);
      assertThat(texts(list())).containsExactly("secret");
      assertThat(texts(search("secret", "{}", ""))).containsExactly("secret");
    }

    @Test
    void a_future_expiration_date_hides_nothing() {
      String id = addOne("fact");
      mem0.put("/memories/" + id, "{\"expiration_date\":\"2999-12-31\"}");

      assertThat(texts(list())).containsExactly("fact");
    }

    @Test
    void expired_memories_are_shown_on_request() {
      String id = addOne("secret");
      mem0.put("/memories/" + id, "{\"expiration_date\":\"2000-01-01\"}");

      assertThat(texts(mem0.get("/memories?user_id=" + user + "&show_expired=true").results()))
          .containsExactly("secret");
      assertThat(texts(search("secret", "{}", ",\"show_expired\":true"))).containsExactly("secret");
    }

    @Test
    void wrong_updates_are_refused() {
      String id = addOne("fact");

      assertThat(mem0.put("/memories/" + id, "{}").status()).isEqualTo(400);
      assertThat(mem0.put("/memories/" + id, "{\"expiration_date\":\"soon\"}").status())
          .isEqualTo(400);
      assertThat(mem0.put("/memories/" + id, "{\"text\":7}").status()).isEqualTo(422);
      assertThat(mem0.put("/memories/" + UUID.randomUUID(), "{\"text\":\"x\"}").status())
          .isEqualTo(404);
    }
  }

  @Nested
  class Deleting {
    @Test
    void a_deleted_memory_is_gone_and_cannot_be_deleted_again() {
      String id = addOne("fact");

      assertThat(mem0.delete("/memories/" + id).status()).isEqualTo(200);
      assertThat(mem0.delete("/memories/" + id).status()).isEqualTo(404);
      assertThat(mem0.get("/memories/" + id).body()).isEqualTo("null");
      assertThat(texts(list())).isEmpty();
      assertThat(texts(search("fact", "{}", ""))).isEmpty();
    }

    @Test
    void a_scope_is_deleted_and_nothing_else() {
      for (int i = 0; i < 25; i++) {
        add("kai", "{}", message("user", "with Kai " + i));
      }
      add("seraphina", "{}", message("user", "with Seraphina"));

      assertThat(mem0.delete("/memories?user_id=" + user + "&agent_id=kai").status())
          .isEqualTo(200);
      assertThat(texts(list())).containsExactly("with Seraphina");
    }

    @Test
    void everything_at_once_is_not_deleted() {
      assertThat(mem0.delete("/memories").status()).isEqualTo(400);
    }

    @Test
    void the_history_tells_all_changes() {
      String id = addOne("one");
      mem0.put("/memories/" + id, "{\"text\":\"two\"}");
      mem0.delete("/memories/" + id);

      JsonNode history = mem0.get("/memories/" + id + "/history").json();
      assertThat(strings(history, "event")).containsExactly("ADD", "UPDATE", "DELETE");
      assertThat(strings(history, "old_memory")).containsExactly("", "one", "two");
      assertThat(strings(history, "new_memory")).containsExactly("one", "two", "");
      assertThat(history.get(2).path("is_deleted").asBoolean()).isTrue();
      assertThat(strings(history, "memory_id")).containsOnly(id);
    }
  }

  @Nested
  class Searching {
    @Test
    void the_memory_with_the_same_words_comes_first() {
      addOne("The innkeeper owes Alex forty silver coins");
      addOne("Seraphina is afraid of thunderstorms");
      addOne("The bridge to the north has collapsed");

      JsonNode hits = search("Seraphina is afraid of thunderstorms", "{}", ",\"explain\":true");

      assertThat(texts(hits)).first().isEqualTo("Seraphina is afraid of thunderstorms");
      List<Double> scores = doubles(hits, "score");
      assertThat(scores).isSortedAccordingTo((a, b) -> Double.compare(b, a));
      assertThat(scores).allSatisfy(score -> assertThat(score).isBetween(0.0, 1.0));
      JsonNode details = hits.get(0).path("score_details");
      assertThat(details.path("semantic_score").asDouble()).isBetween(0.5, 1.000001);
      assertThat(details.path("bm25_score").asDouble()).isBetween(0.0, 1.0);
      assertThat(details.path("final_score").asDouble())
          .isEqualTo(hits.get(0).path("score").asDouble());
    }

    @Test
    void details_are_given_only_on_request() {
      addOne("fact");

      assertThat(search("fact", "{}", "").get(0).has("score_details")).isFalse();
    }

    @Test
    void the_threshold_gates_the_semantic_score() {
      addOne("The innkeeper owes Alex forty silver coins");
      addOne("forty silver coins");

      JsonNode both = search("forty silver coins", "{}", ",\"threshold\":0,\"explain\":true");
      assertThat(both.size()).isEqualTo(2);
      double between = (semantic(both.get(0)) + semantic(both.get(1))) / 2;

      assertThat(texts(search("forty silver coins", "{}", ",\"threshold\":" + between)))
          .containsExactly("forty silver coins");
    }

    @Test
    void top_kbounds_the_hits() {
      for (int i = 0; i < 5; i++) {
        addOne("fact number " + i);
      }

      assertThat(search("fact", "{}", ",\"threshold\":0,\"top_k\":2").size()).isEqualTo(2);
      assertThat(search("fact", "{}", ",\"threshold\":0,\"top_k\":0").size()).isZero();
    }

    @Test
    void deprecated_top_level_ids_still_work() {
      addOne("fact");

      assertThat(
              texts(
                  mem0.post("/search", "{\"query\":\"fact\",\"user_id\":\"" + user + "\"}")
                      .results()))
          .containsExactly("fact");
    }

    @Test
    void a_scope_sees_only_its_own() {
      add("kai", "{}", message("user", "fact of Kai"));
      add("seraphina", "{}", message("user", "fact of Seraphina"));

      assertThat(texts(search("fact", "{\"agent_id\":\"kai\"}", ",\"threshold\":0")))
          .containsExactly("fact of Kai");
      assertThat(texts(search("fact", "{}", ",\"threshold\":0")))
          .containsExactlyInAnyOrder("fact of Kai", "fact of Seraphina");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "{\"batch_id\":\"b1\"}                                        | one",
          "{\"batch_id\":{\"eq\":\"b1\"}}                               | one",
          "{\"batch_id\":{\"ne\":\"b1\"}}                               | two",
          "{\"batch_id\":[\"b1\",\"b2\"]}                               | one two",
          "{\"batch_id\":{\"in\":[\"b2\",\"b3\"]}}                      | two",
          "{\"batch_id\":{\"nin\":[\"b2\",\"b3\"]}}                     | one",
          "{\"batch_id\":\"*\"}                                         | one two",
          "{\"day\":{\"gt\":1}}                                         | two three",
          "{\"day\":{\"gte\":1,\"lt\":3}}                               | one two",
          "{\"day\":{\"lte\":1}}                                        | one",
          "{\"turn_ids\":{\"contains\":\"\\\"t1\\\"\"}}                 | one",
          "{\"place\":{\"contains\":\"inn\"}}                           | ''",
          "{\"place\":{\"icontains\":\"inn\"}}                          | one",
          "{\"place\":{\"contains\":\"100%\"}}                          | two",
          "{\"AND\":[{\"day\":{\"gte\":1}},{\"day\":{\"lt\":2}}]}       | one",
          "{\"OR\":[{\"day\":1},{\"day\":3}]}                           | one three",
          "{\"NOT\":[{\"day\":1},{\"day\":3}]}                          | two",
          "{\"NOT\":[{\"batch_id\":\"b1\"}]}                            | two",
          "{\"missing\":\"x\"}                                          | ''",
        })
    void metadata_can_be_asked_for(String filter, String expected) {
      add("a", metadata("b1", 1, "t1", "The Inn"), message("user", "one"));
      add("a", metadata("b2", 2, "t10", "100% north"), message("user", "two"));
      add("a", "{\"day\":3}", message("user", "three"));

      assertThat(texts(search("number", filter, ",\"threshold\":0")))
          .containsExactlyInAnyOrder(expected.isEmpty() ? new String[0] : expected.split(" "));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{\"query\":\"  \",\"filters\":{\"user_id\":\"u\"}}",
          "{\"query\":\"x\"}",
          "{\"query\":\"x\",\"filters\":{\"place\":\"inn\"}}",
          "{\"query\":\"x\",\"filters\":{\"user_id\":\"two words\"}}",
          "{\"query\":\"x\",\"filters\":{\"user_id\":\"u\",\"a\":{\"eq\":1,\"like\":1}}}",
          "{\"query\":\"x\",\"filters\":{\"user_id\":\"u\"},\"threshold\":1.5}",
          "{\"query\":\"x\",\"filters\":{\"user_id\":\"u\"},\"top_k\":-1}",
          "{\"query\":\"x\",\"filters\":{\"user_id\":\"u\",\"OR\":[]}}",
        })
    void wrong_searches_are_answered_with400(String body) {
      Answer answer = mem0.post("/search", body);

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.detail()).isNotBlank();
    }

    @Test
    void a_search_without_aquery_is_answered_with422() {
      Answer answer = mem0.post("/search", "{\"filters\":{\"user_id\":\"u\"}}");

      assertThat(answer.status()).isEqualTo(422);
      assertThat(answer.json().path("detail").path(0).path("loc").toString())
          .isEqualTo("[\"body\",\"query\"]");
    }

    private static String metadata(String batch, int day, String turn, String place) {
      return "{\"batch_id\":\"%s\",\"day\":%d,\"turn_ids\":[\"%s\"],\"place\":\"%s\"}"
          .formatted(batch, day, turn, place);
    }
  }

  @Nested
  class Operating {
    @Test
    void liveness_version_and_configuration_can_be_asked() {
      assertThat(mem0.get("/openapi.json").json().path("paths").has("/memories")).isTrue();
      assertThat(mem0.get("/auth/setup-status").json().has("needsSetup")).isTrue();
      assertThat(mem0.get("/configure").json().path("version").asString()).isEqualTo("v1.1");
    }

    @Test
    void an_unknown_path_is_answered_with404() {
      Answer answer = mem0.get("/no-such-path");

      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.detail()).isEqualTo("Not Found");
    }
  }

  private Answer add(String agent, String metadata, String... messages) {
    return mem0.post(
        "/memories",
        "{\"messages\":[%s],\"user_id\":\"%s\",\"agent_id\":\"%s\",\"metadata\":%s,\"infer\":false}"
            .formatted(String.join(",", messages), user, agent, metadata));
  }

  private String addOne(String text) {
    return add("a", "{}", message("user", text)).results().get(0).path("id").asString();
  }

  private JsonNode list() {
    return mem0.get("/memories?user_id=" + user).results();
  }

  /**
   * @param filters without the user
   * @param options further fields of the body, each with a comma before it
   */
  private JsonNode search(String query, String filters, String options) {
    var all = (ObjectNode) Json.MAPPER.readTree(filters);
    all.put("user_id", user);
    return mem0.post(
            "/search",
            "{\"query\":%s,\"filters\":%s%s}"
                .formatted(Json.MAPPER.writeValueAsString(query), all, options))
        .results();
  }

  private static String message(String role, String content) {
    return Json.MAPPER.writeValueAsString(new Message(role, content));
  }

  private static List<String> texts(JsonNode memories) {
    return strings(memories, "memory");
  }

  private static List<String> strings(JsonNode items, String field) {
    return StreamSupport.stream(items.spliterator(), false)
        .map(item -> item.path(field).asString(""))
        .toList();
  }

  private static double semantic(JsonNode hit) {
    return hit.path("score_details").path("semantic_score").asDouble();
  }

  private static List<Double> doubles(JsonNode items, String field) {
    List<Double> values = new ArrayList<>();
    items.forEach(item -> values.add(item.path(field).asDouble()));
    return values;
  }
}
