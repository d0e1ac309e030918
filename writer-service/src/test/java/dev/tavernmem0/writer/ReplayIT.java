package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.kafka.ScopePartition;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.testkit.kafka.RawProducer;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What was written is written again, and what was not is written at last: on demand, and once. */
class ReplayIT extends KafkaFixture {
  private static final Duration A_WHILE = Duration.ofSeconds(90);
  private static final String EVERYTHING = "{\"mode\":\"rewrite\"}";

  private FaultyMem0Server mem0;

  @BeforeEach
  void startMem0() {
    mem0 = FaultyMem0Server.builder().extractor(Extractor.verbatim()).start();
  }

  @AfterEach
  void stopMem0() {
    mem0.close();
  }

  private Map<String, String> settings() {
    return WriterUnderTest.quick(KAFKA, mem0.url());
  }

  /** So many exchanges of a chat, an hour from one to the next. */
  private void chat(String character, int exchanges) {
    ChatLog chat = watcher.chat("default-user:of-" + character, character);
    Instant start = Instant.parse("2025-01-01T00:00:00Z");
    for (int i = 0; i < exchanges; i++) {
      chat.at(start.plus(Duration.ofHours(i)));
      chat.user(character + " hears line " + i + ".");
      chat.reply(character + " says line " + i + ".");
    }
    watcher.flush();
  }

  private List<String> texts() {
    return mem0.memories().stream().map(StoredMemory::text).sorted().toList();
  }

  private Set<String> ids(String character) {
    return mem0.memories().stream()
        .filter(memory -> memory.text().contains(character))
        .map(StoredMemory::id)
        .collect(Collectors.toSet());
  }

  private static JsonNode awaitEnd(Api api, String id) {
    await("the replay's end")
        .atMost(A_WHILE)
        .untilAsserted(
            () ->
                assertThat(api.get("/v1/replays/" + id).path("state").asString())
                    .isEqualTo("completed"));
    return api.get("/v1/replays/" + id);
  }

  private static JsonNode replay(Api api, String body) {
    return awaitEnd(api, api.post("/v1/replays", body, 202).path("id").asString());
  }

  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("{\"mode\":\"all\"}", "mode"),
          Map.entry("{}", "mode"),
          Map.entry("{\"mode\":\"missing\",\"fates\":[\"written\"]}", "fates"),
          Map.entry("{\"mode\":\"rewrite\",\"fates\":[\"none\"]}", "fates"),
          Map.entry("{\"mode\":\"rewrite\",\"fates\":[]}", "fates"),
          Map.entry("{\"mode\":\"rewrite\",\"charcter\":\"Seraphina\"}", "charcter"),
          Map.entry("{\"mode\":\"rewrite\",\"chat_id\":\" \"}", "chat_id"),
          Map.entry("{\"mode\":\"rewrite\",\"from\":\"yesterday\"}", "from"),
          Map.entry(
              "{\"mode\":\"rewrite\",\"from\":\"2025-01-02T00:00:00Z\",\"to\":\"2025-01-01T00:00:00Z\"}",
              "to"),
          Map.entry("{\"mode\":\"rewrite\",\"rate\":0}", "rate"),
          Map.entry("{\"mode\":\"rewrite\",\"concurrency\":-1}", "concurrency"),
          Map.entry("{\"mode\":\"rewrite\",\"group\":\"1\",\"character\":\"Seraphina\"}", "group"));

  @Test
  void what_cannot_be_meant_is_refused_and_nothing_is_written_again() {
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitRest(writer);
      Api api = new Api(writer);

      REFUSED.forEach(
          (body, field) -> {
            JsonNode problem = api.post("/v1/replays", body, 422);
            assertThat(problem.path("field").asString()).as(body).isEqualTo(field);
            assertThat(problem.path("fix").asString()).as(body).isNotBlank();
          });
      api.post("/v1/replays", "", 400);
      api.post("/v1/replays", "[]", 400);
      api.post("/v1/replays", "{\"mode\":\"rewrite\",\"rate\":\"much\"}", 400);

      assertThat(api.get("/v1/replays")).isEmpty();
    }
  }

  @Test
  void one_characters_memories_are_made_anew_and_those_of_others_stay() {
    chat("Seraphina", 25);
    chat("Robin", 25);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 100);
      awaitRest(writer);
      List<String> before = texts();
      Set<String> hers = ids("Seraphina");
      Set<String> his = ids("Robin");
      int adds = mem0.calls(Calls.add()).size();
      Api api = new Api(writer);

      JsonNode done = replay(api, "{\"mode\":\"rewrite\",\"character\":\"Seraphina\"}");

      assertThat(done.path("turns").asInt()).isEqualTo(50);
      assertThat(done.path("done_turns").asInt()).isEqualTo(50);
      assertThat(done.path("failed_turns").asInt()).isZero();
      assertThat(mem0.calls(Calls.add()).size() - adds).isEqualTo(done.path("batches").asInt());
      assertThat(texts()).isEqualTo(before);
      assertThat(ids("Seraphina")).doesNotContainAnyElementsOf(hers);
      assertThat(ids("Robin")).isEqualTo(his);
      awaitTurns(Fate.WRITTEN, 100);
      awaitRest(writer);
    }
  }

  @Test
  void a_dry_run_counts_and_writes_nothing() {
    chat("Seraphina", 30);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 60);
      awaitRest(writer);
      int calls = mem0.calls().size();
      Api api = new Api(writer);

      JsonNode counted = api.post("/v1/replays", "{\"mode\":\"rewrite\",\"dry_run\":true}", 200);

      assertThat(counted.path("chats").asInt()).isEqualTo(1);
      assertThat(counted.path("turns").asInt()).isEqualTo(60);
      assertThat(counted.path("batches").asInt())
          .isEqualTo(api.get("/v1/batches").path("batches").size());
      assertThat(counted.path("model_calls").asInt()).isEqualTo(counted.path("batches").asInt());
      assertThat(counted.path("tokens").asInt()).isBetween(60 * 4, 60 * 12);
      assertThat(mem0.calls()).hasSize(calls);
      assertThat(api.get("/v1/replays")).isEmpty();
    }
  }

  @Test
  void only_what_was_said_then_is_written_again() {
    chat("Seraphina", 60);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 120);
      awaitRest(writer);
      Set<String> before = ids("Seraphina");

      JsonNode done =
          replay(
              new Api(writer),
              """
              {"mode":"rewrite","from":"2025-01-01T01:00:00Z","to":"2025-01-01T03:00:00Z"}""");

      assertThat(done.path("batches").asInt()).isEqualTo(1);
      assertThat(done.path("done_turns").asInt()).isEqualTo(done.path("turns").asInt());
      Set<String> anew = ids("Seraphina");
      anew.removeAll(before);
      assertThat(anew).hasSize(done.path("turns").asInt());
      assertThat(mem0.memories().stream().filter(memory -> anew.contains(memory.id())))
          .anyMatch(memory -> memory.text().contains("says line 1."))
          .anyMatch(memory -> memory.text().contains("says line 2."))
          .noneMatch(memory -> memory.text().contains("says line 40."));
    }
  }

  @Test
  void dead_turns_are_written_when_the_provider_is_mended_and_no_others() {
    chat("Robin", 5);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 10);
      mem0.on(Calls.add().and(Calls.bodyContaining("hears line"))).always(Fault.status(400));
      chat("Seraphina", 4);
      whileOthersAreTaken(() -> turnsByFate().getOrDefault(Fate.DEAD, 0L) == 4);
      awaitRest(writer);
      mem0.heal();
      Set<String> his = ids("Robin");
      int before = texts().size();
      Api api = new Api(writer);

      JsonNode first = replay(api, "{\"mode\":\"missing\"}");
      int calls = mem0.calls().size();
      JsonNode second = replay(api, "{\"mode\":\"missing\"}");

      assertThat(first.path("turns").asInt()).isEqualTo(4);
      assertThat(first.path("failed_turns").asInt()).isZero();
      awaitTurns(Fate.WRITTEN, before + 4);
      assertThat(texts()).hasSize(before + 4).doesNotHaveDuplicates();
      assertThat(ids("Robin")).isEqualTo(his);
      assertThat(second.path("turns").asInt()).isZero();
      assertThat(mem0.calls()).as("the second time nothing is done").hasSize(calls);
      assertThat(api.get("/v1/replays")).hasSize(2);
    }
  }

  /** Whose fault a refusal is shows only what mem0 takes beside it. */
  private void whileOthersAreTaken(BooleanSupplier reached) {
    AtomicInteger others = new AtomicInteger();
    await()
        .atMost(A_WHILE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              int number = others.incrementAndGet();
              watcher.chat("default-user:other-" + number, "Olga").user("Other words " + number);
              watcher.flush();
              return reached.getAsBoolean();
            });
  }

  @Test
  void what_dies_again_is_told() {
    mem0.on(Calls.add().and(Calls.bodyContaining("hears line 1."))).always(Fault.status(400));
    chat("Seraphina", 3);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.DEAD, 1);
      awaitRest(writer);
      Api api = new Api(writer);

      String id =
          api.post("/v1/replays", "{\"mode\":\"missing\",\"fates\":[\"dead\"]}", 202)
              .path("id")
              .asString();
      whileOthersAreTaken(
          () -> api.get("/v1/replays/" + id).path("state").asString().equals("completed"));
      JsonNode done = api.get("/v1/replays/" + id);

      assertThat(done.path("done_turns").asInt()).isEqualTo(1);
      assertThat(done.path("failed_turns").asInt()).isEqualTo(1);
      awaitTurns(Fate.DEAD, 1);
    }
  }

  @Test
  void turns_of_the_log_that_the_ledger_does_not_know_are_written_as_they_are_in_the_end() {
    chat("Robin", 10);
    ChatLog chat = watcher.chat("default-user:lost", "Seraphina");
    chat.user("I live in Prague.");
    chat.reply("Since when?");
    chat.user("For a year.");
    chat.reply("Good.");
    chat.edit(2, "For two years.");
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 24);
      awaitRest(writer);
    }
    List<String> before = texts();
    ids("Seraphina").forEach(mem0::remove);
    mem0.memories().stream()
        .filter(memory -> !memory.text().contains("Robin"))
        .map(StoredMemory::id)
        .toList()
        .forEach(mem0::remove);
    loseLedgerOf("Seraphina");
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitRest(writer);
      assertThat(texts()).hasSize(20);
      Api api = new Api(writer);

      JsonNode counted = api.post("/v1/replays", "{\"mode\":\"missing\",\"dry_run\":true}", 200);
      JsonNode done = replay(api, "{\"mode\":\"missing\"}");

      assertThat(counted.path("turns").asInt()).isEqualTo(4);
      assertThat(counted.path("tokens").asInt()).isPositive();
      assertThat(done.path("turns").asInt()).isEqualTo(4);
      assertThat(done.path("done_turns").asInt()).isEqualTo(4);
      assertThat(texts()).isEqualTo(before);
      int calls = mem0.calls().size();
      assertThat(replay(api, "{\"mode\":\"missing\"}").path("turns").asInt()).isZero();
      assertThat(mem0.calls()).hasSize(calls);
      // They are turns like any others from now on.
      chat.delete(0);
      await().atMost(SOON).until(() -> texts().size() == 23);
    }
  }

  private void loseLedgerOf(String agentId) {
    try (RawProducer producer = new RawProducer(KAFKA.bootstrapServers())) {
      for (LedgerEntry entry : List.copyOf(KAFKA.reader().ledger().values())) {
        if (entry.scope().agentId().equals(agentId)) {
          producer.append(
              Topics.LEDGER,
              ScopePartition.of(entry.scope(), TurnPublisher.PARTITIONS),
              entry.key().getBytes(StandardCharsets.UTF_8),
              null);
        }
      }
    }
  }

  @Test
  void a_replay_is_paused_goes_on_and_is_cancelled_with_whatever_is_begun_brought_to_its_end() {
    chat("Seraphina", 60);
    Map<String, String> settings = settings();
    settings.put("tavern.writer.batch.max-turns", "2");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      awaitTurns(Fate.WRITTEN, 120);
      awaitRest(writer);
      List<String> before = texts();
      Api api = new Api(writer);
      String id =
          api.post("/v1/replays", "{\"mode\":\"rewrite\",\"rate\":120}", 202).path("id").asString();
      await()
          .atMost(SOON)
          .until(() -> api.get("/v1/replays/" + id).path("done_batches").asInt() >= 1);

      api.call("POST", "/v1/replays/" + id + "/pause", 202);
      awaitRest(writer);
      // What was begun may be begun a moment before the pause is heard of.
      await()
          .during(Duration.ofSeconds(2))
          .atMost(SOON)
          .until(() -> writer.status().inFlight() == 0);
      int adds = mem0.calls(Calls.add()).size();
      JsonNode paused = api.get("/v1/replays/" + id);
      assertThat(paused.path("state").asString()).isEqualTo("paused");
      assertThat(texts()).isEqualTo(before);
      await()
          .during(Duration.ofSeconds(1))
          .atMost(SOON)
          .until(() -> mem0.calls(Calls.add()).size() == adds);

      api.call("POST", "/v1/replays/" + id + "/resume", 202);
      await()
          .atMost(SOON)
          .until(
              () ->
                  api.get("/v1/replays/" + id).path("done_batches").asInt()
                      > paused.path("done_batches").asInt());
      api.call("POST", "/v1/replays/" + id + "/cancel", 202);
      awaitRest(writer);

      assertThat(api.get("/v1/replays/" + id).path("state").asString()).isEqualTo("cancelled");
      assertThat(texts()).isEqualTo(before);
      assertThat(api.problem("POST", "/v1/replays/" + id + "/resume", 409).path("type").asString())
          .contains("replay-ended");
      assertThat(api.problem("POST", "/v1/replays/none/pause", 404).path("type").asString())
          .contains("no-such-replay");
    }
  }

  @Test
  void what_is_said_now_waits_for_one_call_of_a_replay_at_most() {
    chat("Seraphina", 60);
    Map<String, String> settings = settings();
    settings.put("mem0.write-timeout-ms", "10000");
    settings.put("mem0.max-concurrency", "2");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      awaitTurns(Fate.WRITTEN, 120);
      awaitRest(writer);
      mem0.on(Calls.add()).always(Fault.delay(Duration.ofMillis(500)));
      Api api = new Api(writer);
      String id = api.post("/v1/replays", EVERYTHING, 202).path("id").asString();
      int adds = mem0.calls(Calls.add()).size();
      await().atMost(SOON).until(() -> mem0.calls(Calls.add()).size() > adds);
      int before = mem0.calls(Calls.add()).size();

      watcher.chat("default-user:now", "Seraphina").at(Instant.now()).user("I am in Rome today.");
      watcher.flush();

      await().atMost(SOON).until(() -> texts().stream().anyMatch(text -> text.contains("Rome")));
      List<String> since =
          mem0.calls(Calls.add()).subList(before, mem0.calls(Calls.add()).size()).stream()
              .map(call -> call.text().contains("Rome") ? "live" : "replay")
              .toList();
      assertThat(since.indexOf("live")).as("%s", since).isBetween(0, 2);
      assertThat(awaitEnd(api, id).path("failed_turns").asInt()).isZero();
      assertThat(texts()).hasSize(121).doesNotHaveDuplicates();
    }
  }

  @Test
  void a_model_that_finds_nothing_any_more_pauses_it_before_much_is_lost() {
    chat("Seraphina", 40);
    Map<String, String> settings = settings();
    settings.put("tavern.writer.batch.max-turns", "4");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      awaitTurns(Fate.WRITTEN, 80);
      awaitRest(writer);
      List<String> before = texts();
      mem0.on(Calls.add()).always(Fault.emptyResults());
      Api api = new Api(writer);

      String id = api.post("/v1/replays", EVERYTHING, 202).path("id").asString();

      await()
          .atMost(SOON)
          .until(() -> api.get("/v1/replays/" + id).path("state").asString().equals("paused"));
      awaitRest(writer);
      JsonNode paused = api.get("/v1/replays/" + id);
      assertThat(paused.path("error").asString()).contains("5 batches in a row", "resume");
      assertThat(paused.path("empty_turns").asInt()).isEqualTo(20);
      assertThat(texts()).hasSizeGreaterThanOrEqualTo(before.size() - 24);

      mem0.heal();
      api.call("POST", "/v1/replays/" + id + "/resume", 202);
      assertThat(awaitEnd(api, id).path("error").isNull()).isTrue();
      JsonNode rest = replay(api, "{\"mode\":\"missing\",\"fates\":[\"empty\"]}");
      assertThat(rest.path("done_turns").asInt()).isEqualTo(20);
      assertThat(texts()).isEqualTo(before);
    }
  }

  @Test
  void an_edit_made_meanwhile_wins() {
    ChatLog chat = watcher.chat("default-user:one", "Seraphina");
    for (int i = 0; i < 40; i++) {
      chat.user("Line " + i + " of mine.");
      chat.reply("Line " + i + " of hers.");
    }
    watcher.flush();
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 80);
      awaitRest(writer);
      mem0.on(Calls.add()).always(Fault.delay(Duration.ofMillis(200)));
      Api api = new Api(writer);
      String id = api.post("/v1/replays", EVERYTHING, 202).path("id").asString();
      for (int i = 0; i < 80; i += 7) {
        chat.edit(i, "Other words " + i + ".");
      }
      chat.delete(79);
      watcher.flush();

      JsonNode done = awaitEnd(api, id);
      awaitRest(writer);

      assertThat(done.path("failed_turns").asInt()).isZero();
      assertThat(texts()).hasSize(79).doesNotHaveDuplicates();
      assertThat(texts().stream().filter(text -> text.contains("Other words"))).hasSize(12);
    }
  }

  @Test
  void killed_again_and_again_two_writers_repeat_nothing_that_is_done() {
    stopMem0();
    mem0 = FaultyMem0Server.builder().extractor(Extractor.verbatim()).keepsAnswers().start();
    int characters = 3;
    for (int c = 0; c < characters; c++) {
      chat("Character-" + c, 20);
    }
    Map<String, String> settings = settings();
    settings.put("mem0.write-timeout-ms", "10000");
    settings.put("tavern.writer.batch.max-turns", "4");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      awaitTurns(Fate.WRITTEN, 40L * characters);
      awaitRest(writer);
    }
    List<String> before = texts();
    Set<String> old = mem0.memories().stream().map(StoredMemory::id).collect(Collectors.toSet());
    int adds = mem0.calls(Calls.add()).size();
    mem0.on(Calls.add()).always(Fault.delay(Duration.ofMillis(150)));
    String id;
    try (WriterUnderTest writer = WriterUnderTest.start(named(settings, "one"))) {
      awaitRest(writer);
      id = new Api(writer).post("/v1/replays", EVERYTHING, 202).path("id").asString();
    }
    List<WriterProcess> processes = new ArrayList<>();
    try {
      for (int kill = 1; kill <= 3; kill++) {
        WriterProcess one = WriterProcess.start(named(settings, "one"));
        processes.add(one);
        WriterProcess two = kill == 2 ? WriterProcess.start(named(settings, "two")) : one;
        processes.add(two);
        int calls = adds + kill * 6;
        await().atMost(A_WHILE).until(() -> mem0.calls(Calls.add()).size() >= calls);
        one.kill();
        two.kill();
      }
    } finally {
      processes.forEach(WriterProcess::close);
    }
    try (WriterUnderTest writer = WriterUnderTest.start(named(settings, "one"))) {
      JsonNode done = awaitEnd(new Api(writer), id);
      awaitRest(writer);

      assertThat(done.path("done_batches").asInt()).isEqualTo(done.path("batches").asInt());
      assertThat(done.path("done_turns").asInt()).isEqualTo(40 * characters);
      assertThat(texts()).isEqualTo(before);
      assertThat(mem0.memories()).noneMatch(memory -> old.contains(memory.id()));
      // A call that was under way when its writer was killed is made once more, and not paid for.
      int batches = done.path("batches").asInt();
      assertThat(batches).isGreaterThan(20);
      assertThat(mem0.calls(Calls.add()).size() - adds)
          .isBetween(batches, batches + 3 * characters);
      assertThat(generations()).as("each was written again once").containsOnlyKeys(1);
    }
  }

  private static Map<String, String> named(Map<String, String> settings, String name) {
    Map<String, String> named = new TreeMap<>(settings);
    named.put("tavern.writer.instance-id", name);
    return named;
  }

  private static Map<Integer, Long> generations() {
    return KAFKA.reader().ledger().values().stream()
        .filter(entry -> entry.fate() == Fate.WRITTEN)
        .collect(Collectors.groupingBy(LedgerEntry::generation, Collectors.counting()));
  }
}
