package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.curation.Added;
import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.CurationCodec;
import dev.tavernmem0.common.curation.Forgotten;
import dev.tavernmem0.common.curation.Pinned;
import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.ScopePartition;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.kafka.RawProducer;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * What is forgotten is gone from mem0 and from the log, does not come back, and nothing else is.
 */
class ForgetIT extends KafkaFixture {
  private static final Duration A_WHILE = Duration.ofSeconds(90);
  private static final Scope SERAPHINA = new Scope("default-user", "Seraphina");

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

  private ChatLog chat(String name, int exchanges) {
    ChatLog chat = watcher.chat("default-user:" + name, "Seraphina");
    for (int i = 0; i < exchanges; i++) {
      chat.user("In " + name + " I say " + i + ".");
      chat.reply("In " + name + " she says " + i + ".");
    }
    watcher.flush();
    return chat;
  }

  private List<String> texts() {
    return mem0.memories().stream()
        .map(memory -> memory.text().substring(memory.text().indexOf(": ") + 1).strip())
        .sorted()
        .toList();
  }

  /** Records of the topics with chat text that hold these words. */
  private static long recordsWith(String words) {
    return Stream.of(Topics.TURNS, Topics.TURNS_DLT, Topics.CURATION)
        .flatMap(topic -> KAFKA.reader().records(topic).stream())
        .filter(record -> record.value() != null)
        .filter(record -> new String(record.value(), StandardCharsets.UTF_8).contains(words))
        .count();
  }

  private static JsonNode awaitEnd(Api api, String id) {
    await("all is gone")
        .atMost(A_WHILE)
        .untilAsserted(
            () ->
                assertThat(api.get("/v1/forgets/" + id).path("state").asString())
                    .isEqualTo("completed"));
    return api.get("/v1/forgets/" + id);
  }

  private static String begin(Api api, String body) {
    return api.post("/v1/forgets", body, 202).path("id").asString();
  }

  private static JsonNode forget(Api api, String body) {
    return awaitEnd(api, begin(api, body));
  }

  private static void decide(Curation decision) {
    try (RawProducer producer = new RawProducer(KAFKA.bootstrapServers())) {
      producer.append(
          Topics.CURATION,
          ScopePartition.of(decision.scope(), TurnPublisher.PARTITIONS),
          decision.key().bytes(),
          CurationCodec.encode(decision));
    }
  }

  private static final Map<String, String> REFUSED =
      Map.of(
          "{}", "body",
          "{\"dry_run\":true}", "body",
          "{\"copies\":true}", "body",
          "{\"chat\":\"x\"}", "chat",
          "{\"chat_id\":\" \"}", "chat_id",
          "{\"turn_id\":\"\"}", "turn_id",
          "{\"group\":\"1\",\"character\":\"Seraphina\"}", "group");

  @Test
  void what_cannot_be_meant_is_refused_and_nothing_is_forgotten() {
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitRest(writer);
      Api api = new Api(writer);

      REFUSED.forEach(
          (body, field) -> {
            JsonNode problem = api.post("/v1/forgets", body, 422);
            assertThat(problem.path("field").asString()).as(body).isEqualTo(field);
            assertThat(problem.path("fix").asString()).as(body).isNotBlank();
          });
      api.post("/v1/forgets", "", 400);
      api.post("/v1/forgets", "{\"chat_id\":[\"x\"]}", 400);

      assertThat(api.get("/v1/forgets")).isEmpty();
    }
  }

  @Test
  void a_chat_is_forgotten_everywhere_and_the_others_stay() {
    ChatLog secret = chat("secret", 6);
    chat("other", 6);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 24);
      awaitRest(writer);
      secret.edit(0, "In secret I say something else.");
      await().atMost(SOON).until(() -> texts().contains("In secret I say something else."));
      awaitRest(writer);
      Api api = new Api(writer);

      JsonNode done = forget(api, "{\"chat_id\":\"default-user:secret\"}");

      assertThat(done.path("turns").asInt()).isEqualTo(12);
      assertThat(done.path("chats").asInt()).isEqualTo(1);
      assertThat(done.path("memories").asInt()).isEqualTo(12);
      assertThat(done.path("records").asInt()).isEqualTo(13);
      assertThat(done.path("not_erasable").asInt()).isZero();
      assertThat(recordsWith("In secret")).isZero();
      assertThat(recordsWith("In other")).isEqualTo(12);
      assertThat(texts()).hasSize(12).allMatch(text -> text.startsWith("In other"));
      assertThat(api.get("/v1/turns?chat_id=default-user:secret").values())
          .hasSize(12)
          .allMatch(turn -> turn.path("fate").asString().equals("forgotten"));
      awaitRest(writer);
    }
  }

  @Test
  void it_stays_forgotten_whatever_the_chat_and_a_new_writer_that_reads_all_again_say() {
    ChatLog secret = chat("secret", 2);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 4);
      awaitRest(writer);
      forget(new Api(writer), "{\"chat_id\":\"default-user:secret\"}");

      secret.read();
      secret.edit(1, "In secret she says it again.");
      secret.user("Another thing.");
      watcher.flush();

      await().atMost(SOON).until(() -> texts().equals(List.of("Another thing.")));
      awaitRest(writer);
    }
    Map<String, String> anew = settings();
    anew.put("tavern.writer.group-id", "another");
    try (WriterUnderTest writer = WriterUnderTest.start(anew)) {
      awaitRest(writer);
      assertThat(texts()).containsExactly("Another thing.");
      Api api = new Api(writer);
      String replay = api.post("/v1/replays", "{\"mode\":\"missing\"}", 202).path("id").asString();
      await()
          .atMost(SOON)
          .until(
              () -> api.get("/v1/replays/" + replay).path("state").asString().equals("completed"));
      assertThat(api.get("/v1/replays/" + replay).path("turns").asInt()).isZero();
      assertThat(api.get("/v1/differences").path("counts")).isEmpty();

      // What came since is erased too; the next compaction removes it.
      forget(api, "{\"chat_id\":\"default-user:secret\"}");
      assertThat(recordsWith("In secret")).isZero();
      assertThat(texts()).isEmpty();
    }
  }

  @Test
  void a_dry_run_counts_and_forgets_nothing() {
    chat("secret", 6);
    chat("other", 2);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 16);
      awaitRest(writer);
      int calls = mem0.calls().size();
      Api api = new Api(writer);

      JsonNode counted =
          api.post("/v1/forgets", "{\"chat_id\":\"default-user:secret\",\"dry_run\":true}", 200);

      assertThat(counted.path("turns").asInt()).isEqualTo(12);
      assertThat(counted.path("memories").asInt()).isEqualTo(12);
      assertThat(counted.path("records").asInt()).isEqualTo(12);
      assertThat(mem0.calls()).hasSize(calls);
      assertThat(KAFKA.reader().records(Topics.CURATION)).isEmpty();
      assertThat(api.get("/v1/forgets")).isEmpty();
      awaitTurns(Fate.WRITTEN, 16);
    }
  }

  @Test
  void one_turn_goes_with_its_copies_and_what_was_said_beside_it_is_remembered_anew() {
    ChatLog secret = chat("secret", 2);
    watcher.chat("default-user:branch", "Seraphina").copyOf(secret, 3);
    watcher.flush();
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 4);
      awaitTurns(Fate.SAID, 3);
      awaitRest(writer);
      Api api = new Api(writer);
      String turn = secret.turns().get(0).turnId();

      JsonNode one = forget(api, "{\"turn_id\":\"" + turn + "\"}");
      awaitRest(writer);
      assertThat(one.path("turns").asInt()).isEqualTo(1);
      assertThat(texts()).hasSize(4).contains("In secret I say 0.");

      JsonNode all = forget(api, "{\"turn_id\":\"" + turn + "\",\"copies\":true}");
      awaitRest(writer);
      // What it said is gone with it, so its copies are not known by it any more.
      assertThat(all.path("turns").asInt()).isZero();

      String branch =
          KAFKA.reader().turnEvents().stream()
              .filter(event -> event.source().chatId().equals("default-user:branch"))
              .map(TurnEvent::turnId)
              .findFirst()
              .orElseThrow();
      String other = secret.turns().get(2).turnId();
      forget(api, "{\"turn_id\":\"" + branch + "\"}");
      JsonNode both = forget(api, "{\"turn_id\":\"" + other + "\",\"copies\":true}");
      awaitRest(writer);
      assertThat(both.path("turns").asInt()).isEqualTo(2);
      assertThat(texts()).containsExactly("In secret she says 0.", "In secret she says 1.");
      assertThat(recordsWith("In secret I say")).isZero();
    }
  }

  @Test
  void what_was_pinned_or_forgotten_by_its_words_goes_with_the_turns_it_came_from() {
    ChatLog secret = chat("secret", 2);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 4);
      awaitRest(writer);
      StoredMemory memory = mem0.memories().get(0);
      List<String> turns = secret.turns().stream().map(Turn::turnId).toList();
      decide(new Pinned(SERAPHINA, memory.id(), memory.text(), null, turns, List.of(), 1));
      decide(new Forgotten(SERAPHINA, "m", "In secret a word", null, turns, List.of(), 1));
      decide(new Added(SERAPHINA, "by-hand", "Alex is kind.", 1));
      mem0.put(StoredMemory.of("by-hand", "Alex is kind.", "default-user", "Seraphina", Map.of()));

      forget(new Api(writer), "{\"chat_id\":\"default-user:secret\"}");

      assertThat(texts()).containsExactly("Alex is kind.");
      assertThat(recordsWith("In secret")).isZero();
      assertThat(recordsWith("Alex is kind.")).isEqualTo(1);
    }
  }

  @Test
  void of_a_whole_character_everything_goes_whoever_put_it_there() {
    chat("secret", 2);
    watcher.chat("default-user:of-robin", "Robin").user("Robin stays.");
    watcher.flush();
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 5);
      awaitRest(writer);
      decide(new Added(SERAPHINA, "by-hand", "Alex is kind.", 1));
      for (String id : List.of("by-hand", "stranger")) {
        mem0.put(StoredMemory.of(id, "Alex is kind.", "default-user", "Seraphina", Map.of()));
      }

      JsonNode done = forget(new Api(writer), "{\"character\":\"Seraphina\"}");

      assertThat(done.path("turns").asInt()).isEqualTo(4);
      assertThat(texts()).containsExactly("Robin stays.");
      assertThat(recordsWith("In secret")).isZero();
      assertThat(recordsWith("Alex is kind.")).isZero();
      assertThat(recordsWith("Robin stays.")).isEqualTo(1);
    }
  }

  @Test
  void a_dead_letter_goes_too() {
    mem0.on(Calls.add().and(Calls.bodyContaining("In secret I say 1."))).always(Fault.status(400));
    chat("secret", 3);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.DEAD, 1);
      awaitRest(writer);
      assertThat(KAFKA.reader().records(Topics.TURNS_DLT)).hasSize(1);

      JsonNode done = forget(new Api(writer), "{\"chat_id\":\"default-user:secret\"}");

      assertThat(done.path("records").asInt()).isEqualTo(7);
      assertThat(recordsWith("In secret")).isZero();
      assertThat(texts()).isEmpty();
    }
  }

  @Test
  void of_a_log_of_an_earlier_version_memories_go_and_the_records_that_stay_are_told()
      throws Exception {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.TURNS);
    KAFKA
        .admin()
        .incrementalAlterConfigs(
            Map.of(
                topic,
                List.of(
                    new AlterConfigOp(
                        new ConfigEntry("cleanup.policy", "delete"), AlterConfigOp.OpType.SET))))
        .all()
        .get();
    ChatLog old =
        new ChatLog(
            "default-user:secret", "Seraphina", event -> append(event, event.source().chatId()));
    for (int i = 0; i < 4; i++) {
      old.user("In secret I say " + i + ".");
    }
    chat("other", 1);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 6);
      awaitRest(writer);

      JsonNode done = forget(new Api(writer), "{\"chat_id\":\"default-user:secret\"}");

      assertThat(texts()).hasSize(2);
      assertThat(done.path("not_erasable").asInt()).isEqualTo(4);
      assertThat(done.path("records").asInt()).isZero();
      assertThat(recordsWith("In other")).isEqualTo(2);
    }
  }

  private static void append(TurnEvent event, String key) {
    try (RawProducer producer = new RawProducer(KAFKA.bootstrapServers())) {
      producer.append(
          Topics.TURNS,
          ScopePartition.of(Scope.of(event.source()), TurnPublisher.PARTITIONS),
          key.getBytes(StandardCharsets.UTF_8),
          TurnEventCodec.encode(event));
    }
  }

  @Test
  void mem0_that_does_not_delete_holds_it_up_and_it_is_said_why() {
    chat("secret", 2);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 4);
      awaitRest(writer);
      mem0.on(Calls.delete()).always(Fault.status(500));
      Api api = new Api(writer);

      String id = begin(api, "{\"character\":\"Seraphina\"}");
      await()
          .atMost(SOON)
          .until(() -> api.get("/v1/forgets/" + id).path("state").asString().equals("taking_back"));
      assertThat(texts()).isNotEmpty();
      mem0.heal();

      awaitEnd(api, id);
      assertThat(texts()).isEmpty();
      assertThat(recordsWith("In secret")).isZero();
    }
  }

  @Test
  void what_is_said_after_it_was_asked_for_is_remembered_whenever_a_writer_comes_to_it() {
    ChatLog secret = chat("secret", 2);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 4);
      awaitRest(writer);
      mem0.on(Calls.delete()).always(Fault.status(500));
      Api api = new Api(writer);

      String first = begin(api, "{\"turn_id\":\"" + secret.turns().get(0).turnId() + "\"}");
      String all = begin(api, "{\"chat_id\":\"default-user:secret\"}");
      await()
          .atMost(SOON)
          .until(
              () -> api.get("/v1/forgets/" + all).path("state").asString().equals("taking_back"));
      secret.user("Said later.");
      watcher.flush();
      assertThat(api.get("/v1/forgets/" + first).path("state").asString())
          .as("the second does not wait for the first")
          .isEqualTo("taking_back");
      mem0.heal();

      awaitEnd(api, first);
      assertThat(awaitEnd(api, all).path("turns").asInt()).isEqualTo(4);
      await().atMost(SOON).until(() -> texts().equals(List.of("Said later.")));
      assertThat(recordsWith("In secret")).isZero();
      assertThat(recordsWith("Said later.")).isEqualTo(1);
    }
  }

  @Test
  void a_pinned_memory_that_mem0_does_not_delete_at_once_goes_when_it_does() {
    ChatLog secret = chat("secret", 1);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 2);
      awaitRest(writer);
      StoredMemory memory = mem0.memories().get(0);
      List<String> turns = secret.turns().stream().map(Turn::turnId).toList();
      decide(new Pinned(SERAPHINA, memory.id(), memory.text(), null, turns, List.of(), 1));
      mem0.on(Calls.delete()).times(2, Fault.status(500));

      Api api = new Api(writer);
      String id = begin(api, "{\"chat_id\":\"default-user:secret\"}");
      await()
          .atMost(SOON)
          .until(() -> api.get("/v1/forgets/" + id).path("error").asString("").contains("mem0"));
      await()
          .atMost(SOON)
          .until(
              () -> api.get("/v1/status").path("stopped_operations").findValuesAsString("id"),
              List.of(id)::equals);

      awaitEnd(api, id);
      assertThat(texts()).isEmpty();
    }
  }

  @Test
  void others_memories_stay_though_mem0_lists_them() {
    chat("secret", 1);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 2);
      awaitRest(writer);
      mem0.put(StoredMemory.of("another's", "Bob is tall.", "bob", "Seraphina", Map.of()));
      mem0.put(StoredMemory.of("Robin's", "Robin is tall.", "default-user", "Robin", Map.of()));

      mem0.on(Calls.list())
          .always(
              Fault.respond(
                  200,
                  """
                  {"results":[
                   {"id":"another's","memory":"Bob is tall.","user_id":"bob",
                    "agent_id":"Seraphina"},
                   {"id":"Robin's","memory":"Robin is tall.","user_id":"default-user",
                    "agent_id":"Robin"}]}"""));

      forget(new Api(writer), "{\"handle\":\"default-user\",\"character\":\"Seraphina\"}");

      assertThat(texts()).containsExactly("Bob is tall.", "Robin is tall.");
    }
  }

  @Test
  void while_a_chat_has_one_key_for_all_its_records_nothing_is_compacted() throws Exception {
    ChatLog old =
        new ChatLog("default-user:old", "Robin", event -> append(event, event.source().chatId()));
    for (int i = 0; i < 4; i++) {
      old.user("Robin hears " + i + ".");
    }
    chat("secret", 1);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 6);
      awaitRest(writer);

      JsonNode done = forget(new Api(writer), "{\"chat_id\":\"default-user:secret\"}");

      assertThat(done.path("not_erasable").asInt()).isEqualTo(2);
      assertThat(texts()).hasSize(4);
      assertThat(compactedSoon()).isFalse();
      assertThat(recordsWith("Robin hears")).isEqualTo(4);
    }
  }

  @Test
  void what_no_ledger_tells_of_any_more_is_erased_after_a_restart_too() {
    ChatLog chat = watcher.chat("default-user:secret", "Seraphina");
    chat.append(Role.NARRATOR, "", "It snows on the secret.", Op.CREATE, Cause.APPEND);
    watcher.flush();
    String id;
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.SKIPPED, 1);
      awaitRest(writer);
      Api api = new Api(writer);
      String begun = begin(api, "{\"chat_id\":\"default-user:secret\"}");
      id = begun;
      await()
          .pollInterval(Duration.ofMillis(50))
          .atMost(SOON)
          .until(() -> api.get("/v1/forgets/" + begun).path("state").asString().equals("erasing"));
    }
    assertThat(KAFKA.reader().ledger()).isEmpty();

    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitEnd(new Api(writer), id);

      assertThat(recordsWith("secret.")).isZero();
    }
  }

  @Test
  void killed_again_and_again_three_writers_forget_all_of_it_and_nothing_else() {
    for (int c = 0; c < 4; c++) {
      chat("secret-" + c, 8);
      ChatLog robin = watcher.chat("default-user:robin-" + c, "Robin");
      robin.user("Robin hears " + c + ".");
      robin.reply("Robin says " + c + ".");
    }
    watcher.flush();
    Map<String, String> settings = settings();
    settings.put("tavern.writer.batch.max-turns", "4");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      awaitTurns(Fate.WRITTEN, 72);
      awaitRest(writer);
    }
    mem0.on(Calls.delete()).always(Fault.delay(Duration.ofMillis(100)));
    String id;
    try (WriterUnderTest writer = WriterUnderTest.start(named(settings, "one"))) {
      awaitRest(writer);
      id = begin(new Api(writer), "{\"character\":\"Seraphina\"}");
    }
    List<WriterProcess> processes = new ArrayList<>();
    try {
      for (int kill = 1; kill <= 3; kill++) {
        List<WriterProcess> alive = new ArrayList<>();
        for (String name : List.of("one", "two", "three").subList(0, kill)) {
          alive.add(WriterProcess.start(named(settings, name)));
        }
        processes.addAll(alive);
        int left = 72 - kill * 12;
        await().atMost(A_WHILE).until(() -> mem0.memories().size() <= left);
        alive.forEach(WriterProcess::kill);
      }
    } finally {
      processes.forEach(WriterProcess::close);
    }
    try (WriterUnderTest writer = WriterUnderTest.start(named(settings, "one"))) {
      JsonNode done = awaitEnd(new Api(writer), id);
      awaitRest(writer);

      assertThat(done.path("turns").asInt()).isEqualTo(64);
      assertThat(texts()).hasSize(8).allMatch(text -> text.startsWith("Robin"));
      assertThat(recordsWith("In secret")).isZero();
      assertThat(recordsWith("Robin")).isEqualTo(8);
    }
  }

  private static Map<String, String> named(Map<String, String> settings, String name) {
    Map<String, String> named = new TreeMap<>(settings);
    named.put("tavern.writer.instance-id", name);
    return named;
  }

  @Test
  void afterwards_the_log_is_compacted_as_rarely_as_before() {
    chat("secret", 2);
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, 4);
      awaitRest(writer);
      Api api = new Api(writer);
      String id = begin(api, "{\"chat_id\":\"default-user:secret\"}");
      await().atMost(SOON).until(() -> compactedSoon());

      awaitEnd(api, id);

      await().atMost(SOON).until(() -> !compactedSoon());
    }
  }

  private static boolean compactedSoon() throws Exception {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.TURNS);
    return KAFKA
            .admin()
            .describeConfigs(List.of(topic))
            .all()
            .get()
            .get(topic)
            .get("max.compaction.lag.ms")
            .source()
        == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG;
  }
}
