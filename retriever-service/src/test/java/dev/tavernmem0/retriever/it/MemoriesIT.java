package dev.tavernmem0.retriever.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.character.CharacterScope;
import dev.tavernmem0.common.curation.CurationCodec;
import dev.tavernmem0.common.curation.Forgotten;
import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.ScopePartition;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.retriever.it.RunningRetriever.Answer;
import dev.tavernmem0.retriever.scope.CharacterScopes;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A user looks at what is remembered, and has it forgotten. */
class MemoriesIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  private static final Scope SERAPHINA = new Scope("alice", "Seraphina");

  private static FaultyMem0Server mem0;
  private static RunningRetriever retriever;

  @BeforeAll
  static void start() {
    mem0 = FaultyMem0Server.start();
    retriever =
        RunningRetriever.start(
            mem0.url(),
            "tavern.retriever.browse-timeout=3s",
            "spring.kafka.bootstrap-servers=" + KAFKA.bootstrapServers());
  }

  @AfterAll
  static void stop() {
    retriever.close();
    mem0.close();
  }

  @BeforeEach
  void memories() {
    KAFKA.freshTopics(3);
    mem0.reset();
    put("m1", "Alex lives in Prague", "alice", "Seraphina", "2026-01-01T00:00:00Z");
    put("m2", "Alex has a cat", "alice", "Seraphina", "2026-01-03T00:00:00Z");
    put("m3", "Alex fears the dark", "alice", "小 红", "2026-01-02T00:00:00Z");
    put("m4", "Bob lives in Brno", "bob", "Seraphina", "2026-01-04T00:00:00Z");
  }

  @Test
  void the_list_holds_all_memories_of_the_user_newest_first() {
    assertThat(ids("user_id=alice")).containsExactly("m2", "m3", "m1");
  }

  @Test
  void which_generation_mem0_is_stands_in_the_health_once_it_was_asked() {
    retriever.get("/v1/memories?user_id=alice");

    assertThat(
            retriever
                .get("/actuator/health")
                .json()
                .at("/components/mem0/details/generation")
                .stringValue())
        .isEqualTo("v2");
  }

  @Test
  void what_was_said_long_ago_is_old_even_if_it_was_written_down_today() {
    Map<String, Object> longAgo = Map.of("sent_at", "2023-06-19T14:20:00Z");
    put("z1", "Alex was born in Porto", longAgo, "2026-02-01T00:00:00.001Z");
    put("a2", "Porto has bridges", longAgo, "2026-02-01T00:00:00.002Z");
    put("z3", "Alex likes bridges", longAgo, "2026-02-01T00:00:00.003Z");

    assertThat(ids("user_id=alice")).containsExactly("m2", "m3", "m1", "z3", "a2", "z1");
  }

  @Test
  void the_list_can_be_of_one_character_by_its_plain_name() {
    assertThat(ids("user_id=alice&agent_id=Seraphina")).containsExactly("m2", "m1");
    Answer chinese = retriever.get("/v1/memories?user_id=alice&agent_id=" + encoded("小 红"));
    assertThat(chinese.json().get("memories").get(0).get("agent_id").stringValue())
        .isEqualTo("小 红");
    assertThat(chinese.json().get("memories").get(0).get("text").stringValue())
        .isEqualTo("Alex fears the dark");
  }

  @Test
  void a_renamed_character_is_called_by_its_new_name() {
    put("r1", "Alex once met Mara", "alice", "Mara", "2026-01-05T00:00:00Z");
    retriever.bean(CharacterScopes.class).learn(CharacterScope.key("alice", "Marina"), "Mara");

    Answer all = retriever.get("/v1/memories?user_id=alice");

    assertThat(all.json().at("/memories/0/agent_id").stringValue()).isEqualTo("Marina");
    assertThat(ids("user_id=alice&agent_id=Marina")).containsExactly("r1");
  }

  @Test
  void the_list_is_limited() {
    assertThat(ids("user_id=alice&agent_id=Seraphina&limit=1")).hasSize(1);
  }

  @Test
  void a_search_finds_the_users_own_memories() {
    assertThat(ids("user_id=alice&query=" + encoded("where does Alex live? in Prague")))
        .startsWith("m1")
        .doesNotContain("m4");
    assertThat(ids("user_id=alice&agent_id=Seraphina&query=cat")).containsExactly("m2");
  }

  /** One that knows of no decision of other tests. */
  private static RunningRetriever another() {
    return RunningRetriever.start(
        mem0.url(),
        "tavern.retriever.browse-timeout=3s",
        "tavern.retriever.ledger.enabled=true",
        "spring.kafka.bootstrap-servers=" + KAFKA.bootstrapServers());
  }

  @Test
  void a_memory_is_forgotten_and_the_next_generation_does_not_see_it() {
    try (RunningRetriever another = another()) {
      assertThat(block(another)).contains("Prague");

      Answer deleted = another.delete("/v1/memories/m1?user_id=alice");

      assertThat(deleted.status()).isEqualTo(204);
      assertThat(mem0.memories()).extracting(StoredMemory::id).doesNotContain("m1");
      assertThat(block(another)).doesNotContain("Prague");
    }
  }

  @Test
  void what_mem0_failed_to_delete_is_in_no_prompt_although_it_is_there() {
    try (RunningRetriever another = another()) {
      assertThat(block(another)).contains("Prague");
      mem0.on(Calls.delete()).once(Fault.status(500));

      assertThat(another.delete("/v1/memories/m1?user_id=alice").status()).isEqualTo(502);

      assertThat(mem0.memories()).extracting(StoredMemory::id).contains("m1");
      await().atMost(SOON).untilAsserted(() -> assertThat(block(another)).doesNotContain("Prague"));
      assertThat(block(another)).as("the rest").contains("cat");
      assertThat(another.delete("/v1/memories/m1?user_id=alice").status()).isEqualTo(204);
    }
  }

  @Test
  void what_is_forgotten_is_written_down_with_all_that_tells_it_apart() {
    Map<String, Object> origin =
        Map.of(
            "batch_id",
            "b1",
            "turn_ids",
            List.of("t1", "t2"),
            "utterances",
            List.of("u1"),
            "chat_id",
            "alice:c1");
    put("m5", "Alex owns a \uD83D\uDE80 and 一只猫", origin, "2026-01-05T00:00:00Z");
    long before = System.currentTimeMillis();

    assertThat(retriever.delete("/v1/memories/m5?user_id=alice").status()).isEqualTo(204);

    var record = onlyDecision();
    Forgotten forgotten = (Forgotten) CurationCodec.decode(record.value());
    assertThat(forgotten)
        .usingRecursiveComparison()
        .ignoringFields("tsMs")
        .isEqualTo(
            new Forgotten(
                SERAPHINA,
                "m5",
                "Alex owns a \uD83D\uDE80 and 一只猫",
                "b1",
                List.of("t1", "t2"),
                List.of("u1"),
                0));
    assertThat(forgotten.tsMs()).isBetween(before, System.currentTimeMillis());
    assertThat(record.key()).isEqualTo("alice/Seraphina/forgotten/m5");
    assertThat(record.partition()).isEqualTo(ScopePartition.of(SERAPHINA, 3));
  }

  @Test
  void metadata_that_nobody_of_us_wrote_does_not_keep_a_memory_from_being_forgotten() {
    Map<String, Object> odd =
        Map.of("batch_id", "", "turn_ids", List.of("", "t1", 3), "utterances", "u1");
    put("m5", "Alex likes rain", odd, "2026-01-05T00:00:00Z");

    assertThat(retriever.delete("/v1/memories/m5?user_id=alice").status()).isEqualTo(204);

    Forgotten forgotten = (Forgotten) CurationCodec.decode(onlyDecision().value());
    assertThat(forgotten.batchId()).isNull();
    assertThat(forgotten.turnIds()).containsExactly("t1");
    assertThat(forgotten.utterances()).isEmpty();
  }

  @Test
  void a_memory_of_no_character_is_deleted_without_a_record_since_nothing_writes_it_again() {
    String at = "2026-01-05T00:00:00Z";
    mem0.put(new StoredMemory("m5", "by others", "alice", null, null, Map.of(), at, at, null));

    assertThat(retriever.delete("/v1/memories/m5?user_id=alice").status()).isEqualTo(204);

    assertThat(mem0.memories()).extracting(StoredMemory::id).doesNotContain("m5");
    assertThat(KAFKA.reader().records(Topics.CURATION)).isEmpty();
  }

  @Test
  void the_decision_holds_when_mem0_fails_after_it() {
    mem0.on(Calls.delete()).once(Fault.status(503));

    assertThat(retriever.delete("/v1/memories/m1?user_id=alice").status()).isEqualTo(502);

    assertThat(onlyDecision().key()).isEqualTo("alice/Seraphina/forgotten/m1");
    assertThat(retriever.delete("/v1/memories/m1?user_id=alice").status()).isEqualTo(204);
  }

  @Test
  void without_kafka_nothing_is_forgotten_and_the_answer_says_why() {
    try (RunningRetriever alone =
        RunningRetriever.start(
            mem0.url(),
            "tavern.retriever.browse-timeout=500ms",
            "spring.kafka.bootstrap-servers=127.0.0.1:1")) {
      Answer refused = alone.delete("/v1/memories/m1?user_id=alice");

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.headers().get("content-type")).containsExactly("application/problem+json");
      assertThat(refused.json().get("type").stringValue())
          .isEqualTo("urn:tavern-mem0:problem:curation-unavailable");
      assertThat(refused.json().get("detail").stringValue())
          .startsWith("Nothing was done")
          .doesNotContain("Prague");
      assertThat(refused.json().get("trace_id").stringValue()).isNotBlank();
      assertThat(alone.delete("/v1/memories/m9?user_id=alice").status()).isEqualTo(404);
      assertThat(mem0.calls(Calls.delete())).isEmpty();
      assertThat(mem0.memories()).extracting(StoredMemory::id).contains("m1");
    }
  }

  @Test
  void another_users_memory_cannot_be_forgotten_and_looks_as_if_it_were_not_there() {
    Answer refused = retriever.delete("/v1/memories/m4?user_id=alice");
    Answer unknown = retriever.delete("/v1/memories/m999?user_id=alice");

    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.json().get("type")).isEqualTo(unknown.json().get("type"));
    assertThat(refused.headers().get("content-type")).containsExactly("application/problem+json");
    assertThat(refused.json().get("detail").stringValue())
        .isEqualTo("This user has no memory with the id 'm4'.");
    assertThat(mem0.memories()).extracting(StoredMemory::id).contains("m4");
    assertThat(mem0.calls(Calls.delete())).isEmpty();
    assertThat(KAFKA.reader().records(Topics.CURATION)).isEmpty();
  }

  @Test
  void forgetting_twice_is_not_found() {
    assertThat(retriever.delete("/v1/memories/m1?user_id=alice").status()).isEqualTo(204);
    assertThat(retriever.delete("/v1/memories/m1?user_id=alice").status()).isEqualTo(404);
  }

  @Test
  void a_user_must_be_named() {
    for (Answer answer :
        List.of(
            retriever.get("/v1/memories"),
            retriever.get("/v1/memories?user_id="),
            retriever.delete("/v1/memories/m1"))) {
      assertThat(answer.status()).isEqualTo(422);
      assertThat(answer.json().get("field").stringValue()).isEqualTo("user_id");
      assertThat(answer.json().get("fix").stringValue()).contains("handle");
    }
    assertThat(mem0.memories()).hasSize(4);
  }

  @Test
  void a_bad_limit_is_refused_with_its_value() {
    Answer word = retriever.get("/v1/memories?user_id=alice&limit=many");
    Answer negative = retriever.get("/v1/memories?user_id=alice&limit=-1");

    assertThat(word.status()).isEqualTo(422);
    assertThat(word.json().get("field").stringValue()).isEqualTo("limit");
    assertThat(word.json().get("value").stringValue()).isEqualTo("many");
    assertThat(negative.status()).isEqualTo(422);
    assertThat(negative.json().get("value").stringValue()).isEqualTo("-1");
  }

  @Test
  void mem0s_failures_are_said_here() {
    mem0.on(Calls.list()).once(Fault.status(503));
    Answer unavailable = retriever.get("/v1/memories?user_id=alice");
    assertThat(unavailable.status()).isEqualTo(502);
    assertThat(unavailable.json().get("degraded").stringValue()).isEqualTo("mem0_unavailable");
    assertThat(unavailable.json().get("trace_id").stringValue()).isNotBlank();

    mem0.on(Calls.list()).once(Fault.neverAnswer());
    assertThat(retriever.get("/v1/memories?user_id=alice").status()).isEqualTo(504);

    mem0.on(Calls.list()).once(Fault.status(401));
    assertThat(retriever.get("/v1/memories?user_id=alice").json().get("degraded").stringValue())
        .isEqualTo("mem0_auth");
  }

  private static ConsumerRecord<String, byte[]> onlyDecision() {
    List<ConsumerRecord<String, byte[]>> records = KAFKA.reader().records(Topics.CURATION);
    assertThat(records).hasSize(1);
    return records.get(0);
  }

  private static String block(RunningRetriever of) {
    return of.retrieve("Where does Alex live?").json().get("block").stringValue();
  }

  private static List<String> ids(String query) {
    Answer answer = retriever.get("/v1/memories?" + query);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json().get("memories").valueStream().map(m -> m.get("id").stringValue()).toList();
  }

  private static void put(String id, String text, String user, String agent, String at) {
    mem0.put(
        new StoredMemory(id, text, user, Mem0Ids.character(agent), null, Map.of(), at, at, null));
  }

  private static void put(String id, String text, Map<String, Object> metadata, String at) {
    mem0.put(new StoredMemory(id, text, "alice", "Seraphina", null, metadata, at, at, null));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
