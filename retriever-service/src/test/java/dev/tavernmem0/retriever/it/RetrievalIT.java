package dev.tavernmem0.retriever.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.identity.TurnHash;
import dev.tavernmem0.retriever.it.RunningRetriever.Answer;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Mem0Call;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a character remembers, and what it must not. */
class RetrievalIT {
  private static FaultyMem0Server mem0;
  private static RunningRetriever retriever;

  @BeforeAll
  static void start() {
    mem0 = FaultyMem0Server.start();
    retriever = RunningRetriever.start(mem0.url(), "tavern.retriever.cache.max-size=0");
  }

  @AfterAll
  static void stop() {
    retriever.close();
    mem0.close();
  }

  @BeforeEach
  void freshMem0() {
    mem0.reset();
  }

  @Test
  void a_memory_is_found_rendered_and_traced_to_its_source() {
    mem0.put(
        StoredMemory.of(
            "m1",
            "Alex lives in Prague",
            "alice",
            "Seraphina",
            Map.of(
                "batch_id",
                "b1",
                "chat_id",
                "alice:c1",
                "chatfile",
                "Seraphina - 2025-12-28.jsonl",
                "turn_ids",
                List.of("t1", "t2"),
                "turn_hashes",
                List.of("h1", "h2"),
                "sent_at",
                "2025-12-28T09:00:00Z")));

    JsonNode answer = retriever.retrieve("Where does Alex live?").json();

    JsonNode memory = answer.get("memories").get(0);
    assertThat(answer.get("memories")).hasSize(1);
    assertThat(memory.get("id").stringValue()).isEqualTo("m1");
    assertThat(memory.get("text").stringValue()).isEqualTo("Alex lives in Prague");
    assertThat(memory.get("stage").intValue()).isEqualTo(1);
    assertThat(memory.get("score").doubleValue()).isBetween(0.2, 1.0);
    assertThat(memory.get("agent_id").stringValue()).isEqualTo("Seraphina");
    assertThat(memory.get("source").toString())
        .isEqualTo(
            """
            {"batch_id":"b1","chat_id":"alice:c1","chat_file":"Seraphina - 2025-12-28.jsonl",\
            "turn_ids":["t1","t2"],"sent_at":"2025-12-28T09:00:00Z"}""");
    assertThat(memory.get("kept")).isEmpty();
    assertThat(memory.get("created_at").stringValue()).isNotBlank();
    assertThat(answer.get("block").stringValue())
        .isEqualTo("Relevant long-term memory:\n- Alex lives in Prague");
    assertThat(answer.get("query").toString())
        .isEqualTo("{\"stage\":1,\"text\":\"Where does Alex live?\"}");
    assertThat(answer.get("applied").booleanValue()).isTrue();
    assertThat(answer.get("degraded").isNull()).isTrue();
    assertThat(answer.get("timings_ms").get("total").isNumber()).isTrue();
    assertThat(answer.get("timings_ms").get("query_1").isNumber()).isTrue();
    assertThat(answer.get("trace_id").stringValue()).isNotBlank();
    assertThat(answer.has("messages")).isFalse();
  }

  @Test
  void chinese_is_found_and_injected_intact() {
    remember("艾丽住在布拉格的老城区 🏠", "默认 用户", "莎拉 菲娜");
    ObjectNode request = RunningRetriever.request("你还记得艾丽住在哪里吗?");
    request.put("user_id", "默认 用户").put("agent_id", "莎拉 菲娜");
    system(request, "你是莎拉。");

    JsonNode answer = retriever.post("/v1/inject", request.toString()).json();

    assertThat(answer.get("messages").get(0).get("content").stringValue())
        .isEqualTo("你是莎拉。\n\nRelevant long-term memory:\n- 艾丽住在布拉格的老城区 🏠");
    assertThat(answer.get("memories").get(0).get("agent_id").stringValue()).isEqualTo("莎拉 菲娜");
  }

  @Test
  void a_character_remembers_nothing_of_other_characters_and_users() {
    remember("Alex lives in Prague", "alice", "Carol");
    remember("Alex lives in Brno", "bob", "Seraphina");

    JsonNode answer = retriever.retrieve("Where does Alex live?").json();

    assertThat(answer.get("memories")).isEmpty();
    assertThat(answer.get("applied").booleanValue()).isFalse();
    assertThat(answer.get("degraded").isNull()).isTrue();
    assertThat(mem0.calls(Calls.search()))
        .allSatisfy(
            call ->
                assertThat(call.body().get("filters").toString())
                    .isEqualTo("{\"user_id\":\"alice\",\"agent_id\":\"Seraphina\"}"));
  }

  /** Names that would be one id, a wildcard or a group's id if they went to mem0 as they are. */
  @ParameterizedTest
  @CsvSource({
    "al+ice,Seraphina",
    "al%20ice,Seraphina",
    "*,Seraphina",
    "al ice,*",
    "al ice,group:17",
    "al ice,SERAPHINA",
    "al ice,Seraphina.",
    "AL ICE,Seraphina"
  })
  void whoever_is_not_the_very_same_user_and_character_remembers_nothing(
      String user, String character) {
    remember("Alex lives in Prague", "al ice", "Seraphina");
    remember("Alex lives in Brno", "al ice", Mem0Ids.group("17"));
    ObjectNode request = RunningRetriever.request("Where does Alex live?");

    request.put("user_id", user).put("agent_id", character);
    assertThat(texts(retriever.post("/v1/retrieve", request.toString()).json())).isEmpty();

    request.put("user_id", "al ice").put("agent_id", "Seraphina");
    assertThat(texts(retriever.post("/v1/retrieve", request.toString()).json()))
        .containsExactly("Alex lives in Prague");
  }

  @Test
  void in_agroup_the_speaker_sees_its_own_memories_and_the_groups() {
    remember("Alex lives in Prague", "alice", Mem0Ids.group("17"));
    remember("Alex lives with a cat", "alice", "Seraphina");
    remember("Alex lives a secret life", "alice", "Carol");
    ObjectNode request = RunningRetriever.request("Where does Alex live?");
    request.put("group_id", "17").putArray("group_members").add("Seraphina").add("Carol");

    JsonNode answer = retriever.post("/v1/retrieve", request.toString()).json();

    assertThat(texts(answer))
        .containsExactlyInAnyOrder("Alex lives in Prague", "Alex lives with a cat");
    assertThat(answer.get("memories").valueStream().map(m -> m.get("agent_id").stringValue()))
        .containsExactlyInAnyOrder("group:17", "Seraphina");
  }

  @Test
  void who_is_not_amember_does_not_see_the_group() {
    remember("Alex lives in Prague", "alice", Mem0Ids.group("17"));
    ObjectNode request = RunningRetriever.request("Where does Alex live?");
    request.put("group_id", "17").putArray("group_members").add("Carol");

    assertThat(texts(retriever.post("/v1/retrieve", request.toString()).json())).isEmpty();
  }

  @Test
  void the_recent_conversation_helps_aweak_question() {
    remember("Alex lives in Prague", "alice", "Seraphina");
    ObjectNode request = RunningRetriever.request("Do you remember?");
    ((ArrayNode) request.get("messages"))
        .insertObject(0)
        .put("role", "assistant")
        .put("content", "So where in Prague is it that Alex lives?");

    JsonNode answer = retriever.post("/v1/retrieve", request.toString()).json();

    assertThat(texts(answer)).containsExactly("Alex lives in Prague");
    assertThat(answer.get("query").get("stage").intValue()).isEqualTo(2);
    assertThat(answer.get("memories").get(0).get("stage").intValue()).isEqualTo(2);

    request.put("include_context", false);
    assertThat(texts(retriever.post("/v1/retrieve", request.toString()).json())).isEmpty();
  }

  @Test
  void what_the_prompt_already_says_is_not_repeated() {
    mem0.put(
        StoredMemory.of(
            "m1",
            "Alex lives in Prague",
            "alice",
            "Seraphina",
            Map.of("turn_hashes", List.of(TurnHash.of(Role.USER, "I live in Prague")))));
    ObjectNode request = RunningRetriever.request("Where does Alex live?");
    ((ArrayNode) request.get("messages"))
        .insertObject(0)
        .put("role", "user")
        .put("content", "I live in Prague");

    assertThat(texts(retriever.post("/v1/retrieve", request.toString()).json())).isEmpty();
    assertThat(texts(retriever.retrieve("Where does Alex live?").json())).hasSize(1);
  }

  @Test
  void limit_length_and_template_of_the_request_count() {
    remember("Alex lives in Prague", "alice", "Seraphina");
    remember("Alex lives with seven cats", "alice", "Seraphina");
    ObjectNode request = RunningRetriever.request("Where does Alex live?");
    request.put("limit", 1).put("template", "[{{char}} knows: {{text}}]").put("char_name", "Sera");

    JsonNode answer = retriever.post("/v1/retrieve", request.toString()).json();

    assertThat(answer.get("block").stringValue()).isEqualTo("[Sera knows: - Alex lives in Prague]");

    request.put("limit", 5).put("max_chars", 12);
    assertThat(retriever.post("/v1/retrieve", request.toString()).json().get("block").stringValue())
        .isEqualTo("[Sera knows: - Alex live…]");
  }

  @Test
  void injecting_the_amended_prompt_again_changes_nothing() {
    remember("Alex lives in Prague", "alice", "Seraphina");
    ObjectNode request = RunningRetriever.request("Where does Alex live?");
    system(request, "You are Seraphina.");

    JsonNode once = retriever.post("/v1/inject", request.toString()).json().get("messages");
    request.set("messages", once);
    JsonNode twice = retriever.post("/v1/inject", request.toString()).json().get("messages");

    assertThat(twice).isEqualTo(once);
    assertThat(once.get(0).get("content").stringValue()).contains("Alex lives in Prague");
  }

  @Test
  void what_the_retriever_does_not_know_passes_through_byte_for_byte() {
    remember("Alex lives in Prague", "alice", "Seraphina");
    String user =
        """
        {"role":"user","content":[{"type":"text","text":"Where does Alex live?"},{"type":"image_url",\
        "image_url":{"url":"data:image/png;base64,AAAA"}}],"x":1.10,"gen_id":92233720368547758089999,\
        "nested":{"b":[null,true,1e400],"a":"\\u2028"}}""";
    String request =
        "{\"user_id\":\"alice\",\"agent_id\":\"Seraphina\",\"messages\":[" + user + "]}";

    Answer answer = retriever.post("/v1/inject", request);

    assertThat(answer.json().get("query").get("text").stringValue())
        .isEqualTo("Where does Alex live?");
    assertThat(answer.text())
        .contains("\"gen_id\":92233720368547758089999")
        .contains("\"x\":1.10")
        .contains("data:image/png;base64,AAAA");
    assertThat(answer.json().get("messages").get(0).get("role").stringValue()).isEqualTo("system");
    assertThat(answer.json().get("messages")).hasSize(2);
  }

  @Test
  void an_empty_prompt_asks_nothing() {
    ObjectNode request = RunningRetriever.request("");
    ((ArrayNode) request.get("messages")).removeAll();

    JsonNode answer = retriever.post("/v1/inject", request.toString()).json();

    assertThat(answer.get("query").isNull()).isTrue();
    assertThat(answer.get("messages")).isEmpty();
    assertThat(mem0.calls()).isEmpty();
  }

  @Test
  void scopes_are_searched_at_the_same_time() {
    remember("Alex lives in Prague", "alice", "Seraphina");
    mem0.on(Calls.search()).always(Fault.delay(Duration.ofMillis(200)));
    ObjectNode request = RunningRetriever.request("Where does Alex live?");
    request.put("group_id", "17");

    JsonNode answer = retriever.post("/v1/retrieve", request.toString()).json();

    assertThat(texts(answer)).hasSize(1);
    assertThat(mem0.peakConcurrency(Calls.search())).isEqualTo(2);
  }

  @Test
  void one_scope_that_fails_does_not_hide_the_others() {
    remember("Alex lives in Prague", "alice", "Seraphina");
    mem0.on(Calls.search().and(RetrievalIT::isOfAGroup)).always(Fault.status(500));
    ObjectNode request = RunningRetriever.request("Where does Alex live?");
    request.put("group_id", "17");

    JsonNode answer = retriever.post("/v1/retrieve", request.toString()).json();

    assertThat(texts(answer)).hasSize(1);
    assertThat(answer.get("applied").booleanValue()).isTrue();
    assertThat(answer.get("degraded").stringValue()).isEqualTo("mem0_unavailable");
  }

  private static boolean isOfAGroup(Mem0Call call) {
    return call.text().contains("group:");
  }

  private static void remember(String text, String user, String agent) {
    String agentId = Mem0Ids.isGroup(agent) ? agent : Mem0Ids.character(agent);
    mem0.put(StoredMemory.of(text, text, Mem0Ids.user(user), agentId, Map.of()));
  }

  private static void system(ObjectNode request, String text) {
    ((ArrayNode) request.get("messages"))
        .insertObject(0)
        .put("role", "system")
        .put("content", text);
  }

  private static List<String> texts(JsonNode answer) {
    return answer.get("memories").valueStream().map(m -> m.get("text").stringValue()).toList();
  }
}
