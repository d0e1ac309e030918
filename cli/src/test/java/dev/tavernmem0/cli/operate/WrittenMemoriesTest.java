package dev.tavernmem0.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Where a memory comes from, and memories that users write, change and keep. */
class WrittenMemoriesTest {
  private static final String LIST = "GET /v1/memories?user_id=default-user&limit=1000";
  private static final String WORDS = "GET /v1/batches/b1/words";
  private static final String PIN = "/v1/memories/m1/pin?user_id=default-user";

  @TempDir private Path home;
  private ServiceStub services;
  private Operator operator;

  @BeforeEach
  void start() throws IOException {
    services = new ServiceStub();
    operator = new Operator(home).at(services);
    services.answer(LIST, "{\"memories\":[" + memory("\"b1\"", "[\"pinned\"]") + "]}");
  }

  @AfterEach
  void stop() {
    services.close();
  }

  private static String memory(String batch, String kept) {
    return ServiceAnswers.MEMORY.replace(
        "\"source\":{", "\"kept\":" + kept + ",\"source\":{\"batch_id\":" + batch + ",");
  }

  @Test
  void the_words_that_a_memory_came_from_are_shown_with_speaker_date_and_other_chats() {
    services.answer(
        WORDS,
        """
        {"batch_id":"b1","cut":true,"turns":[
          {"turn_id":"t1","chat_id":"default-user:0b1c","chat_file":"Mara.jsonl","role":"user",
           "name":"Alex","sent_at":"2026-11-27T08:59:00Z","text":"My cat\\tis:\\n\\n*Biscuit*","gone":false},
          {"turn_id":"t2","chat_id":"default-user:two","chat_file":"Branch.jsonl","role":"assistant",
           "name":"Mara","sent_at":null,"text":"Aw.","gone":false},
          {"turn_id":"t3","chat_id":"default-user:0b1c","chat_file":null,"role":null,
           "name":null,"sent_at":null,"text":null,"gone":true},
          {"turn_id":"t4","chat_id":"default-user:0b1c","chat_file":null,"role":null,
           "name":null,"sent_at":null,"text":null,"gone":false}]}""");

    assertThat(operator.runs("memories", "show", "m1").exits(0).out())
        .contains("kept       its user pinned it")
        .containsSubsequence(
            "words",
            "  Alex, 2026-11-27T08:59:00Z",
            "    My cat is:",
            "    *Biscuit*",
            "  Mara, -, in Branch.jsonl",
            "    Aw.",
            "  t3: gone",
            "  t4: the log does not have it",
            "too long");
    JsonNode json = operator.runs("memories", "show", "m1", "--output=json").exits(0).json();
    assertThat(json.path("words").path("turns")).hasSize(4);
    assertThat(operator.set("LANGUAGE", "zh").runs("memories", "show", "m1").exits(0).out())
        .contains("原话", "  Alex，2026-11-27T08:59:00Z");
  }

  @Test
  void a_memory_is_shown_also_when_its_words_cannot_be_told() {
    services.refuse(WORDS, 404, "no-such-batch", "Not Found", "There is no batch 'b1' here.");

    assertThat(operator.runs("memories", "show", "m1").exits(0).out())
        .contains("Biscuit", "words      they cannot be told: the writer says no: Not Found.");

    operator.set("TAVERN_MEM0_WRITER_URL", "http://127.0.0.1:1");
    JsonNode json = operator.runs("memories", "show", "m1", "--output=json").exits(0).json();
    assertThat(json.path("words").isNull()).isTrue();
    assertThat(json.path("words_failure").asString()).contains("not reachable");
  }

  @Test
  void of_a_memory_that_no_batch_wrote_no_words_are_asked_for() {
    services.answer(
        LIST,
        "{\"memories\":["
            + memory("null", "[\"added\"]").replace("\"default-user:0b1c\"", "null")
            + "]}");

    assertThat(operator.runs("memories", "show", "m1").exits(0).out())
        .contains("its user wrote it")
        .doesNotContain("words", "chat  ", "turns  ");
    assertThat(services.asked()).containsExactly(LIST);
  }

  @Test
  void a_memory_is_written_for_a_character_or_a_group() {
    services.answer(
        "POST /v1/memories",
        201,
        "application/json",
        "{\"memory\":" + ServiceAnswers.MEMORY + ",\"stored\":true,\"trace_id\":\"t\"}");

    assertThat(operator.runs("memories", "add", "--character=林晚", "She has a cat").exits(0).out())
        .contains("It is remembered: m1");
    services.answer(
        "POST /v1/memories",
        "{\"memory\":" + ServiceAnswers.MEMORY + ",\"stored\":false,\"trace_id\":\"t\"}");
    assertThat(operator.runs("memories", "add", "--handle=u", "--group=17", "A cat").exits(0).out())
        .contains("already", "m1");

    assertThat(services.requests())
        .extracting(ServiceStub.Request::body)
        .containsExactly(
            "{\"user_id\":\"default-user\",\"text\":\"She has a cat\",\"agent_id\":\"林晚\",\"group_id\":null}",
            "{\"user_id\":\"u\",\"text\":\"A cat\",\"agent_id\":null,\"group_id\":\"17\"}");
  }

  @Test
  void who_is_to_remember_it_has_to_be_said_and_only_one() {
    assertThat(operator.runs("memories", "add", "A cat").exits(2).err())
        .contains("--character", "--group");
    operator.runs("memories", "add", "--character=Mara", "--group=17", "A cat").exits(2);
    operator.runs("memories", "add", "--character=Mara").exits(2);
    assertThat(services.asked()).isEmpty();
  }

  @Test
  void what_is_not_written_down_is_told() {
    services.refuse(
        "POST /v1/memories", 503, "curation-unavailable", "Unavailable", "Nothing was done.");

    assertThat(operator.runs("memories", "add", "--character=Mara", "A cat").exits(1).err())
        .contains("the retriever says no: Unavailable. Nothing was done.");
  }

  @Test
  void a_memory_is_changed_pinned_and_unpinned() {
    services.answer(
        "PUT /v1/memories/m1", "{\"memory\":" + ServiceAnswers.MEMORY + ",\"trace_id\":\"t\"}");
    services.answer("PUT " + PIN, 204, "application/json", "");
    services.answer("DELETE " + PIN, 204, "application/json", "");

    assertThat(operator.runs("memories", "edit", "m1", "A cat").exits(0).out()).contains("m1");
    assertThat(operator.runs("memories", "pin", "m1").exits(0).out()).contains("It stays", "m1");
    assertThat(operator.runs("memories", "unpin", "m1").exits(0).out()).contains("m1");
    JsonNode json = operator.runs("memories", "pin", "m1", "--output=json").exits(0).json();
    assertThat(json.path("pinned").asString()).isEqualTo("m1");

    assertThat(services.asked())
        .containsExactly("PUT /v1/memories/m1", "PUT " + PIN, "DELETE " + PIN, "PUT " + PIN);
    assertThat(services.requests().get(0).body())
        .isEqualTo("{\"user_id\":\"default-user\",\"text\":\"A cat\"}");
    services.refuse("PUT " + PIN, 404, "no-such-memory", "Not Found", "This user has no memory.");
    assertThat(operator.runs("memories", "pin", "m1").exits(1).err()).contains("memories list");
  }
}
