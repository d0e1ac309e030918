package dev.tavernmem0.retriever.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.character.CharacterScope;
import dev.tavernmem0.common.curation.Added;
import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.CurationCodec;
import dev.tavernmem0.common.curation.Edited;
import dev.tavernmem0.common.curation.Pinned;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.identity.WrittenIds;
import dev.tavernmem0.common.kafka.ScopePartition;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.retriever.it.RunningRetriever.Answer;
import dev.tavernmem0.retriever.scope.CharacterScopes;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

/** A user writes, changes and pins memories: the decision first, then mem0, and only once. */
class WrittenMemoriesIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Scope SERAPHINA = new Scope("alice", "Seraphina");
  private static final String CAT = "Alex's cat is called Biscuit \uD83D\uDC08 饼干";

  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  private static FaultyMem0Server mem0;
  private static RunningRetriever retriever;

  @BeforeAll
  static void start() {
    mem0 = FaultyMem0Server.start();
    retriever = startAt(mem0, KAFKA.bootstrapServers());
  }

  private static RunningRetriever startAt(FaultyMem0Server server, String kafka) {
    return RunningRetriever.start(
        server.url(),
        "tavern.retriever.browse-timeout=" + (kafka.endsWith(":1") ? "500ms" : "3s"),
        "spring.kafka.bootstrap-servers=" + kafka);
  }

  @AfterAll
  static void stop() {
    retriever.close();
    mem0.close();
  }

  @BeforeEach
  void empty() {
    KAFKA.freshTopics(3);
    mem0.reset();
  }

  private static ObjectNode body(String text) {
    ObjectNode body = RunningRetriever.JSON.createObjectNode();
    return body.put("user_id", "alice").put("agent_id", "Seraphina").put("text", text);
  }

  private static Answer add(RunningRetriever to, String text) {
    return to.post("/v1/memories", body(text).toString());
  }

  private static Answer add(String text) {
    return add(retriever, text);
  }

  private static List<ConsumerRecord<String, byte[]>> records() {
    return KAFKA.reader().records(Topics.CURATION);
  }

  private static List<String> keys() {
    return records().stream()
        .map(record -> record.key() + (record.value() == null ? " withdrawn" : ""))
        .toList();
  }

  private static Curation decision(int number) {
    return CurationCodec.decode(records().get(number).value());
  }

  private static void put(String id, String text, Map<String, Object> metadata) {
    String at = "2026-01-05T00:00:00Z";
    mem0.put(new StoredMemory(id, text, "alice", "Seraphina", null, metadata, at, at, null));
  }

  private static String onlyId() {
    assertThat(mem0.memories()).hasSize(1);
    return mem0.memories().get(0).id();
  }

  @Test
  void what_a_user_writes_is_remembered_word_for_word_and_found_for_the_next_prompt() {
    Answer answer =
        retriever.post("/v1/memories", body(CAT).put("said_at", "2025-12-28T09:00:00Z").toString());

    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    assertThat(answer.json().at("/memory/id").stringValue()).isEqualTo(onlyId());
    assertThat(answer.json().at("/memory/text").stringValue()).isEqualTo(CAT);
    assertThat(answer.json().at("/stored").booleanValue()).isTrue();
    assertThat(answer.json().at("/memory/kept/0").stringValue()).isEqualTo("added");
    assertThat(answer.json().at("/memory/source/sent_at").stringValue())
        .isEqualTo("2025-12-28T09:00:00Z");
    assertThat(answer.json().at("/memory/source/batch_id").isNull()).isTrue();
    StoredMemory stored = mem0.memories().get(0);
    assertThat(stored.agentId()).isEqualTo("Seraphina");
    assertThat(stored.metadata())
        .containsEntry("source", "user")
        .as("the writer's sweep looks at what has one")
        .doesNotContainKey("batch_id");
    assertThat(mem0.calls(Calls.add()).get(0).body().path("infer").asBoolean(true)).isFalse();
    assertThat(retriever.retrieve("What is my cat called?").json().get("block").stringValue())
        .contains("Biscuit");
  }

  @Test
  void the_decision_is_written_down_in_the_end_under_the_id_that_mem0_gave() {
    add(CAT);

    String before = "alice/Seraphina/added/" + WrittenIds.of(SERAPHINA, CAT);
    String after = "alice/Seraphina/added/" + onlyId();
    assertThat(keys()).containsExactly(before, after, before + " withdrawn");
    assertThat(decision(1))
        .usingRecursiveComparison()
        .ignoringFields("tsMs")
        .isEqualTo(new Added(SERAPHINA, onlyId(), CAT, 0));
    assertThat(records())
        .extracting(ConsumerRecord::partition)
        .containsOnly(ScopePartition.of(SERAPHINA, 3));
  }

  @ParameterizedTest
  @EnumSource(Generation.class)
  void the_same_words_again_make_no_second_memory(Generation generation) {
    try (FaultyMem0Server server = FaultyMem0Server.builder().generation(generation).start();
        RunningRetriever at = startAt(server, KAFKA.bootstrapServers())) {
      Answer first = add(at, CAT);

      Answer second = add(at, "  " + CAT + "\n");

      assertThat(first.status()).isEqualTo(201);
      assertThat(second.status()).isEqualTo(200);
      assertThat(second.json().at("/stored").booleanValue()).isFalse();
      assertThat(second.json().at("/memory/id")).isEqualTo(first.json().at("/memory/id"));
      assertThat(server.memories()).hasSize(1);
      add(at, "Alex's cat is called Biscuit");
      assertThat(server.memories()).as("other words").hasSize(2);
    }
  }

  @Test
  void what_a_model_has_remembered_in_these_words_is_kept_and_not_stored_again() {
    put("m1", CAT, Map.of("batch_id", "b1", "turn_ids", List.of("t1")));

    Answer answer = add(CAT);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().at("/memory/id").stringValue()).isEqualTo("m1");
    assertThat(keys()).as("it goes with its turns").first().isEqualTo("alice/Seraphina/pinned/m1");
    assertThat(keys()).noneMatch(key -> key.startsWith("alice/Seraphina/added/m"));
    assertThat(mem0.calls(Calls.add())).isEmpty();
  }

  @Test
  void anothers_memory_in_these_words_is_not_taken_for_ones_own() {
    String at = "2026-01-05T00:00:00Z";
    mem0.put(new StoredMemory("m1", CAT, "bob", "Seraphina", null, Map.of(), at, at, null));
    mem0.put(new StoredMemory("m2", CAT, "alice", "Mara", null, Map.of(), at, at, null));

    assertThat(add(CAT).status()).isEqualTo(201);

    assertThat(mem0.memories()).hasSize(3);
  }

  @Test
  void without_kafka_nothing_is_stored_changed_or_pinned_and_the_answer_says_why() {
    put("m1", "Alex lives in Prague", Map.of());
    try (RunningRetriever alone = startAt(mem0, "127.0.0.1:1")) {
      List<Answer> refused =
          List.of(
              add(alone, CAT),
              alone.put("/v1/memories/m1", "{\"user_id\":\"alice\",\"text\":\"Brno\"}"),
              alone.put("/v1/memories/m1/pin?user_id=alice", ""),
              alone.delete("/v1/memories/m1/pin?user_id=alice"));

      assertThat(refused)
          .allSatisfy(
              answer -> {
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.json().get("type").stringValue())
                    .isEqualTo("urn:tavern-mem0:problem:curation-unavailable");
                assertThat(answer.json().get("detail").stringValue())
                    .startsWith("Nothing was done")
                    .doesNotContain("Biscuit", "Brno", "Prague");
              });
      assertThat(mem0.calls(Calls.add())).isEmpty();
      assertThat(mem0.calls(Calls.update())).isEmpty();
      assertThat(mem0.memories()).hasSize(1);
    }
  }

  @Test
  void when_mem0_does_not_take_it_the_decision_is_withdrawn_and_doing_it_again_does_it() {
    mem0.on(Calls.add()).once(Fault.status(400));

    Answer refused = add(CAT);

    assertThat(refused.status()).isEqualTo(502);
    assertThat(refused.json().get("detail").stringValue()).doesNotContain("Biscuit");
    String key = "alice/Seraphina/added/" + WrittenIds.of(SERAPHINA, CAT);
    assertThat(keys()).containsExactly(key, key + " withdrawn");
    assertThat(add(CAT).status()).isEqualTo(201);
    assertThat(mem0.memories()).hasSize(1);
  }

  @Test
  void when_nothing_can_be_looked_for_nothing_is_decided() {
    mem0.on(Calls.search()).once(Fault.status(503));

    assertThat(add(CAT).status()).isEqualTo(502);

    assertThat(records()).isEmpty();
    assertThat(mem0.calls(Calls.add())).isEmpty();
  }

  @Test
  void when_mem0s_answer_is_lost_doing_it_again_finds_what_was_stored() {
    mem0.on(Calls.add()).once(Fault.storesButTimesOut());

    assertThat(add(CAT).status()).isEqualTo(504);

    assertThat(keys()).as("the decision holds").hasSize(1);
    Answer again = add(CAT);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().at("/memory/id").stringValue()).isEqualTo(onlyId());
    assertThat(keys())
        .endsWith(
            "alice/Seraphina/added/" + onlyId(),
            "alice/Seraphina/added/" + WrittenIds.of(SERAPHINA, CAT) + " withdrawn");
  }

  @Test
  void when_what_was_stored_cannot_be_looked_at_the_decision_holds() {
    mem0.on(Calls.get()).once(Fault.status(503));

    assertThat(add(CAT).status()).isEqualTo(502);

    assertThat(keys()).containsExactly("alice/Seraphina/added/" + WrittenIds.of(SERAPHINA, CAT));
    assertThat(add(CAT).json().at("/memory/id").stringValue()).isEqualTo(onlyId());
    assertThat(keys())
        .endsWith(
            "alice/Seraphina/added/" + onlyId(),
            "alice/Seraphina/added/" + WrittenIds.of(SERAPHINA, CAT) + " withdrawn");
  }

  @Test
  void what_mem0_says_to_have_stored_and_does_not_hold_is_not_said_to_be_remembered() {
    mem0.on(Calls.add()).once(Fault.phantomIds());

    assertThat(add(CAT).status()).isEqualTo(502);

    assertThat(add(CAT).status()).isEqualTo(201);
    assertThat(mem0.memories()).hasSize(1);
  }

  @Test
  void while_mem0_hangs_on_one_memory_another_is_remembered() {
    mem0.on(Calls.add()).once(Fault.neverAnswer());
    CompletableFuture<Answer> hanging = CompletableFuture.supplyAsync(() -> add(CAT));
    await().atMost(SOON).until(() -> !mem0.calls(Calls.add()).isEmpty());

    assertThat(add("Alex lives in Porto").status()).isEqualTo(201);

    assertThat(hanging).isNotDone();
    assertThat(hanging.join().status()).isEqualTo(504);
  }

  @Test
  void of_two_at_a_time_in_the_same_words_one_is_stored() {
    CompletableFuture<Answer> other = CompletableFuture.supplyAsync(() -> add(CAT));

    List<Integer> answers = List.of(add(CAT).status(), other.join().status());

    assertThat(answers).containsExactlyInAnyOrder(201, 200);
    assertThat(mem0.memories()).hasSize(1);
  }

  @Test
  void what_was_forgotten_can_be_written_again() {
    add(CAT);
    String first = onlyId();
    assertThat(retriever.delete("/v1/memories/" + first + "?user_id=alice").status())
        .isEqualTo(204);

    assertThat(add(CAT).status()).isEqualTo(201);

    assertThat(onlyId()).isNotEqualTo(first);
  }

  @Test
  void a_group_and_a_renamed_character_remember_in_their_scopes() {
    retriever.bean(CharacterScopes.class).learn(CharacterScope.key("alice", "Marina"), "Mara");
    ObjectNode group = body(CAT).put("group_id", "17");
    group.remove("agent_id");

    assertThat(retriever.post("/v1/memories", group.toString()).status()).isEqualTo(201);
    assertThat(
            retriever.post("/v1/memories", body(CAT).put("agent_id", "Marina").toString()).status())
        .isEqualTo(201);

    assertThat(mem0.memories())
        .extracting(StoredMemory::agentId)
        .containsExactly("group:17", "Mara");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          text     | '  '      | what is to be remembered
          agent_id | ''        | either agent_id
          user_id  | ''        | handle
          said_at  | yesterday | 2025-12-28T09:00:00Z
          said_at  | -1000000-01-01T00:00:00Z | 2025-12-28T09:00:00Z
          """)
  void what_cannot_be_remembered_is_refused_with_what_can(String field, String value, String fix) {
    Answer refused = retriever.post("/v1/memories", body(CAT).put(field, value).toString());

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.json().get("field").stringValue()).isEqualTo(field);
    assertThat(refused.json().get("fix").stringValue()).contains(fix);
    assertThat(mem0.calls()).isEmpty();
    assertThat(records()).isEmpty();
  }

  @Test
  void too_long_a_text_is_refused_without_being_quoted_and_two_owners_are_one_too_many() {
    Answer tooLong = add("Biscuit ".repeat(1001));
    Answer both = retriever.post("/v1/memories", body(CAT).put("group_id", "17").toString());

    assertThat(tooLong.status()).isEqualTo(422);
    assertThat(tooLong.text()).contains("8000 characters").doesNotContain("Biscuit");
    assertThat(both.status()).isEqualTo(422);
    assertThat(mem0.calls()).isEmpty();
  }

  @Test
  void halves_of_characters_that_nobody_can_store_do_not_keep_a_memory_from_being_stored() {
    String half = "\\ud83d";
    String body =
        "{\"user_id\":\"alice\",\"agent_id\":\"Seraphina\",\"text\":\"Alex\\u0000 owns "
            + half
            + "\"}";

    assertThat(retriever.post("/v1/memories", body).status()).isEqualTo(201);

    assertThat(mem0.memories().get(0).text()).isEqualTo("Alex owns \uFFFD");
  }

  @Test
  void a_memory_is_pinned_with_all_that_tells_it_apart_and_unpinned() {
    put("m1", CAT, Map.of("batch_id", "b1", "turn_ids", List.of("t1"), "utterances", List.of("u")));

    assertThat(retriever.put("/v1/memories/m1/pin?user_id=alice", "").status()).isEqualTo(204);
    assertThat(retriever.put("/v1/memories/m1/pin?user_id=bob", "").status()).isEqualTo(404);
    assertThat(retriever.put("/v1/memories/m2/pin?user_id=alice", "").status()).isEqualTo(404);
    assertThat(retriever.delete("/v1/memories/m1/pin?user_id=alice").status()).isEqualTo(204);
    assertThat(retriever.delete("/v1/memories/m1/pin?user_id=bob").status()).isEqualTo(404);

    assertThat(keys())
        .containsExactly("alice/Seraphina/pinned/m1", "alice/Seraphina/pinned/m1 withdrawn");
    assertThat(decision(0))
        .usingRecursiveComparison()
        .ignoringFields("tsMs")
        .isEqualTo(new Pinned(SERAPHINA, "m1", CAT, "b1", List.of("t1"), List.of("u"), 0));
  }

  private static Answer edit(RunningRetriever at, String id, String text) {
    ObjectNode body = RunningRetriever.JSON.createObjectNode();
    return at.put("/v1/memories/" + id, body.put("user_id", "alice").put("text", text).toString());
  }

  @Test
  void a_memory_says_what_its_user_wrote_and_the_decision_what_it_said_before() {
    put("m1", "Alex lives in Prague", Map.of("batch_id", "b1", "turn_ids", List.of("t1")));

    Answer answer = edit(retriever, "m1", "Alex lives in Brno");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().at("/memory/text").stringValue()).isEqualTo("Alex lives in Brno");
    assertThat(answer.json().at("/memory/source/batch_id").stringValue()).isEqualTo("b1");
    assertThat(decision(0))
        .usingRecursiveComparison()
        .ignoringFields("tsMs")
        .isEqualTo(
            new Edited(
                SERAPHINA,
                "m1",
                "Alex lives in Brno",
                "Alex lives in Prague",
                "b1",
                List.of("t1"),
                List.of(),
                0));
    assertThat(edit(retriever, "m2", "x").status()).isEqualTo(404);
    assertThat(edit(retriever, "m1", " ").status()).isEqualTo(422);
  }

  @Test
  void a_change_that_mem0_fails_at_holds_and_doing_it_again_completes_it() {
    put("m1", "Alex lives in Prague", Map.of());
    mem0.on(Calls.update()).once(Fault.status(503));

    assertThat(edit(retriever, "m1", "Alex lives in Brno").status()).isEqualTo(502);

    assertThat(keys()).containsExactly("alice/Seraphina/edited/m1");
    assertThat(edit(retriever, "m1", "Alex lives in Brno").status()).isEqualTo(200);
    assertThat(mem0.memories().get(0).text()).isEqualTo("Alex lives in Brno");
  }

  @Test
  void what_was_decided_is_shown_by_every_retriever_and_a_second_change_remembers_the_first() {
    put("m1", "Alex lives in Prague", Map.of());
    try (RunningRetriever following =
        RunningRetriever.start(
            mem0.url(),
            "tavern.retriever.ledger.enabled=true",
            "spring.kafka.bootstrap-servers=" + KAFKA.bootstrapServers())) {
      edit(retriever, "m1", "Alex lives in Brno");
      retriever.put("/v1/memories/m1/pin?user_id=alice", "");
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(
                          following
                              .get("/v1/memories?user_id=alice")
                              .json()
                              .at("/memories/0/kept")
                              .valueStream()
                              .map(kind -> kind.stringValue()))
                      .containsExactly("edited", "pinned"));

      edit(following, "m1", "Alex lives in Olomouc");

      assertThat(((Edited) decision(2)).previousText()).isEqualTo("Alex lives in Prague");
    }
  }
}
