package dev.tavernmem0.testkit.mem0;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The server behaves as mem0 does while nothing is scripted. */
class Mem0SemanticsTest {
  private final FaultyMem0Server mem0 = FaultyMem0Server.start();
  private final Http http = new Http(mem0);

  @AfterEach
  void stop() {
    mem0.close();
  }

  @Test
  void an_added_message_is_found_listed_and_read_by_its_id() throws IOException {
    Http.Reply added =
        http.post(
            "/memories",
            """
            {"messages":[{"role":"user","content":"Alex: my cat is called Mochi"}],
             "user_id":"u1","agent_id":"a1","metadata":{"turn_ids":["t1","t2"]}}""");

    assertThat(added.status()).isEqualTo(200);
    String id = added.results().path(0).path("id").asString();
    assertThat(added.results().path(0).path("event").asString()).isEqualTo("ADD");
    Http.Reply found =
        http.post(
            "/search",
            """
            {"query":"what is the cat called?","filters":{"user_id":"u1","agent_id":"a1"},
             "explain":true}""");
    assertThat(found.results().path(0).path("id").asString()).isEqualTo(id);
    assertThat(found.results().path(0).path("memory").asString()).endsWith("Mochi");
    assertThat(found.results().path(0).path("score").asDouble()).isBetween(0.1, 1.0);
    assertThat(found.results().path(0).path("score_details").path("semantic_score").isNumber())
        .isTrue();
    assertThat(found.results().path(0).path("metadata").path("turn_ids").path(1).asString())
        .isEqualTo("t2");
    assertThat(http.get("/memories?user_id=u1").results()).hasSize(1);
    assertThat(http.get("/memories?user_id=someone-else").results()).isEmpty();
    assertThat(http.get("/memories/" + id).json().path("user_id").asString()).isEqualTo("u1");
  }

  @Test
  void an_unknown_id_reads_as_null_and_cannot_be_deleted_twice() throws IOException {
    mem0.put(StoredMemory.of("m1", "x", "u", "a", Map.of()));

    assertThat(http.get("/memories/nope").text()).isEqualTo("null");
    assertThat(http.send("DELETE", "/memories/m1", "").status()).isEqualTo(200);
    assertThat(http.send("DELETE", "/memories/m1", "").status()).isEqualTo(404);
    assertThat(http.send("PUT", "/memories/m1", "{\"text\":\"y\"}").status()).isEqualTo(404);
  }

  @Test
  void an_expired_memory_is_hidden_until_its_date_is_taken_away() throws IOException {
    mem0.put(StoredMemory.of("m1", "the cat Mochi", "u", "a", Map.of()));

    http.send("PUT", "/memories/m1", "{\"expiration_date\":\"2000-01-01\"}");
    assertThat(http.get("/memories?user_id=u").results()).isEmpty();
    assertThat(search("the cat", "{\"user_id\":\"u\"}")).isEmpty();
    http.send("PUT", "/memories/m1", "{\"expiration_date\":null}");

    assertThat(search("the cat", "{\"user_id\":\"u\"}")).containsExactly("m1");
  }

  @Test
  void search_filters_by_metadata() throws IOException {
    mem0.put(memory("m1", "b1", List.of("t1", "t2")));
    mem0.put(memory("m2", "b2", List.of("t12")));

    assertThat(search("cat", "{\"user_id\":\"u\",\"turn_ids\":{\"contains\":\"\\\"t1\\\"\"}}"))
        .containsExactly("m1");
    assertThat(search("cat", "{\"user_id\":\"u\",\"batch_id\":\"b2\"}")).containsExactly("m2");
    assertThat(search("cat", "{\"user_id\":\"u\",\"batch_id\":{\"in\":[\"b1\",\"b9\"]}}"))
        .containsExactly("m1");
    assertThat(
            search(
                "cat", "{\"user_id\":\"u\",\"OR\":[{\"batch_id\":\"b1\"},{\"batch_id\":\"b2\"}]}"))
        .containsExactlyInAnyOrder("m1", "m2");
    assertThat(search("cat", "{\"user_id\":\"u\",\"NOT\":[{\"batch_id\":\"b1\"}]}"))
        .containsExactly("m2");
  }

  @Test
  void requests_that_mem0_refuses_are_refused_with_its_codes() throws IOException {
    String message = "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";

    assertThat(http.post("/memories", "{" + message + "}").status()).isEqualTo(400);
    assertThat(http.post("/memories", "{" + message + ",\"user_id\":\"a b\"}").status())
        .isEqualTo(400);
    assertThat(http.post("/memories", "{\"user_id\":\"u\"}").status()).isEqualTo(422);
    assertThat(http.post("/search", "{\"query\":\" \",\"user_id\":\"u\"}").status()).isEqualTo(400);
    assertThat(http.post("/search", "{\"query\":\"x\"}").status()).isEqualTo(400);
    assertThat(http.get("/memories?user_id=u&top_k=1001").status()).isEqualTo(422);
    assertThat(http.get("/no-such-page").status()).isEqualTo(404);
  }

  @Test
  void the_same_fact_is_stored_once_unless_it_is_worded_differently() throws IOException {
    String add = "{\"messages\":[{\"role\":\"user\",\"content\":\"x y\"}],\"user_id\":\"u\"}";

    http.post("/memories", add);
    assertThat(http.post("/memories", add).results()).isEmpty();
    assertThat(mem0.memories()).hasSize(1);

    try (var paraphrasing =
        FaultyMem0Server.builder().extractor(Extractor.paraphrasing()).start()) {
      Http client = new Http(paraphrasing);
      client.post("/memories", add);
      client.post("/memories", add);
      assertThat(paraphrasing.memories()).hasSize(2);
    }
  }

  @Test
  void a_wrong_key_is_refused_even_where_none_is_needed() throws IOException {
    assertThat(http.send("GET", "/memories?user_id=u", "", "X-API-Key", "guess").status())
        .isEqualTo(401);

    try (var guarded = FaultyMem0Server.builder().apiKey("right").start()) {
      Http client = new Http(guarded);
      assertThat(client.get("/memories?user_id=u").status()).isEqualTo(401);
      assertThat(client.send("GET", "/memories?user_id=u", "", "X-API-Key", "right").status())
          .isEqualTo(200);
    }
  }

  @Test
  void v1_has_no_setup_status_answers_500_to_everything_and_scores_by_distance()
      throws IOException {
    assertThat(http.get("/auth/setup-status").status()).isEqualTo(200);

    try (var v1 = FaultyMem0Server.builder().generation(Generation.V1).start()) {
      Http client = new Http(v1);
      assertThat(client.get("/auth/setup-status").status()).isEqualTo(404);
      assertThat(client.send("DELETE", "/memories/nope", "").status()).isEqualTo(500);
      assertThat(client.post("/search", "{\"query\":\"x\"}").status()).isEqualTo(500);
      v1.put(StoredMemory.of("near", "red cat", "a b", "c", Map.of()));
      v1.put(StoredMemory.of("far", "red dog that barks", "a b", "c", Map.of()));
      var results = client.post("/search", "{\"query\":\"red cat\",\"user_id\":\"a b\"}").results();
      assertThat(results.path(0).path("id").asString()).isEqualTo("near");
      assertThat(results.path(0).path("score").asDouble())
          .isLessThan(results.path(1).path("score").asDouble());
    }
  }

  private static StoredMemory memory(String id, String batch, List<String> turns) {
    return StoredMemory.of(id, "a cat", "u", "a", Map.of("batch_id", batch, "turn_ids", turns));
  }

  private List<String> search(String query, String filters) throws IOException {
    return http.post("/search", "{\"query\":\"" + query + "\",\"filters\":" + filters + "}")
        .results()
        .valueStream()
        .map(memory -> memory.path("id").asString())
        .toList();
  }
}
