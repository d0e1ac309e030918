package dev.tavernmem0.retriever.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.TopicCreator;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.testkit.kafka.KafkaProcess;
import dev.tavernmem0.testkit.kafka.RawProducer;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the writer's ledger tells the retriever, over a real broker. */
class LedgerIT {
  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Scope OWN = new Scope("alice", "Seraphina");

  private FaultyMem0Server mem0;

  @BeforeEach
  void start() {
    KAFKA.freshTopics(2);
    mem0 = FaultyMem0Server.start();
  }

  @AfterEach
  void stop() {
    mem0.close();
  }

  @Test
  void a_swipe_is_answered_from_the_cache_until_the_writer_writes_something() throws Exception {
    try (RunningRetriever retriever = following(KAFKA.bootstrapServers())) {
      remember("Alex lives in Prague", OWN);
      assertThat(texts(retriever)).containsExactly("Alex lives in Prague");
      assertThat(texts(retriever)).containsExactly("Alex lives in Prague");
      assertThat(mem0.calls(Calls.search())).hasSize(1);

      remember("Alex lives on the fourth floor", OWN);
      append(entry("b0", OWN, List.of(), Fate.PENDING));
      append(entry("b1", new Scope("bob", "Seraphina"), List.of(), Fate.WRITTEN));
      assertThat(texts(retriever)).containsExactly("Alex lives in Prague");

      append(entry("b2", OWN, List.of(), Fate.WRITTEN));
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts(retriever)).hasSize(2));

      mem0.memories().forEach(memory -> mem0.remove(memory.id()));
      append(entry("b2", OWN, List.of(), Fate.RETRACTED));
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts(retriever)).isEmpty());
    }
  }

  @Test
  void a_character_remembers_the_groups_that_the_ledger_says_it_is_in() throws Exception {
    Scope group = new Scope("alice", Mem0Ids.group("17"));
    remember("Alex lives in Prague", group);
    remember("Alex lives for music", new Scope("alice", Mem0Ids.group("18")));
    remember("Alex lives next to Bob", new Scope("bob", Mem0Ids.group("17")));
    append(entry("b1", group, List.of("Seraphina", "Carol"), Fate.WRITTEN));
    append(entry("b2", new Scope("alice", Mem0Ids.group("18")), List.of("Carol"), Fate.WRITTEN));

    try (RunningRetriever retriever = following(KAFKA.bootstrapServers())) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(texts(retriever)).containsExactly("Alex lives in Prague"));

      append(entry("b3", group, List.of("Carol"), Fate.WRITTEN));
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts(retriever)).isEmpty());
    }
  }

  @Test
  void a_record_that_is_no_entry_is_counted_and_skipped() throws Exception {
    Scope group = new Scope("alice", Mem0Ids.group("17"));
    remember("Alex lives in Prague", group);
    append("nonsense".getBytes(StandardCharsets.UTF_8));
    append(entry("b1", group, List.of("Seraphina"), Fate.WRITTEN));

    try (RunningRetriever retriever = following(KAFKA.bootstrapServers())) {
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts(retriever)).hasSize(1));
      assertThat(retriever.get("/actuator/prometheus").text())
          .containsPattern("tavern_retriever_ledger_malformed_total\\{[^}]*} 1\\.0")
          .contains("kafka_consumer_fetch_manager_records_consumed_total");
    }
  }

  @Test
  void without_kafka_the_retriever_works_and_follows_once_it_is_there(@TempDir Path directory)
      throws Exception {
    remember("Alex lives in Prague", OWN);
    try (KafkaProcess kafka = KafkaProcess.start(directory)) {
      String servers = kafka.bootstrapServers();
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) servers))) {
        TopicCreator.createMissing(admin, 1, (short) 1);
      }
      kafka.kill();
      try (RunningRetriever retriever =
          start(servers, "tavern.retriever.ledger.retry-interval=200ms")) {
        assertThat(texts(retriever)).hasSize(1);
        RunningRetriever.Answer readiness = retriever.get("/actuator/health/readiness");
        assertThat(readiness.status()).isEqualTo(200);
        assertThat(readiness.json().at("/components/ledger/details/ledger").stringValue())
            .isEqualTo("not reachable");
        assertThat(ledger(retriever)).isEqualTo("not reachable");

        kafka.start();
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(ledger(retriever)).isEqualTo("following"));
      }
    }
  }

  private RunningRetriever following(String bootstrapServers) {
    RunningRetriever retriever = start(bootstrapServers);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(ledger(retriever)).isEqualTo("following"));
    return retriever;
  }

  private RunningRetriever start(String bootstrapServers, String... settings) {
    List<String> all = new java.util.ArrayList<>(List.of(settings));
    all.add("tavern.retriever.ledger.enabled=true");
    all.add("spring.kafka.bootstrap-servers=" + bootstrapServers);
    return RunningRetriever.start(mem0.url(), all.toArray(String[]::new));
  }

  private static String ledger(RunningRetriever retriever) {
    return retriever
        .get("/actuator/health")
        .json()
        .at("/components/mem0/details/ledger")
        .stringValue();
  }

  private static List<String> texts(RunningRetriever retriever) {
    JsonNode answer = retriever.retrieve("Where is it that Alex lives?").json();
    return answer.get("memories").valueStream().map(m -> m.get("text").stringValue()).toList();
  }

  private void remember(String text, Scope scope) {
    mem0.put(StoredMemory.of(text, text, scope.userId(), scope.agentId(), Map.of()));
  }

  private static LedgerEntry entry(String batch, Scope scope, List<String> members, Fate fate) {
    return new LedgerEntry(
        batch,
        0,
        "alice:c1",
        "chat.jsonl",
        scope,
        members,
        fate,
        null,
        List.of(),
        List.of(),
        1,
        System.currentTimeMillis());
  }

  private static void append(LedgerEntry entry) throws Exception {
    append(LedgerCodec.encode(entry));
  }

  private static void append(byte[] value) throws Exception {
    try (RawProducer producer = new RawProducer(KAFKA.bootstrapServers())) {
      producer.append(Topics.LEDGER, 0, new byte[] {1}, value);
    }
  }
}
