package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.ScopePartition;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.testkit.kafka.RawProducer;
import dev.tavernmem0.testkit.kafka.SharedBroker;
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
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/**
 * Three writers, any of which is killed at any time while a replay goes on. {@code
 * -Dreplay.kills=N} makes it more, {@code -Dreplay.seed=N} plays one again as far as its choices
 * go.
 */
class KilledReplayIT {
  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  private static final Duration A_WHILE = Duration.ofMinutes(3);
  private static final int PARTITIONS = 6;
  private static final int CHARACTERS = 6;
  private static final int EXCHANGES = 20;
  private static final int TURNS = CHARACTERS * EXCHANGES * 2;
  private static final int KILLS = Integer.getInteger("replay.kills", 3);
  private static final int BATCHES = TURNS / 4;
  private static final List<String> WRITERS = List.of("one", "two", "three");

  private final long seed = Long.getLong("replay.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Map<String, WriterProcess> processes = new TreeMap<>();
  private FaultyMem0Server mem0;

  @BeforeEach
  void start() {
    KAFKA.freshTopics(PARTITIONS);
    mem0 = FaultyMem0Server.builder().extractor(Extractor.verbatim()).keepsAnswers().start();
  }

  @AfterEach
  void stop() {
    processes.values().forEach(WriterProcess::close);
    mem0.close();
  }

  private void chats() {
    try (RawProducer producer = new RawProducer(KAFKA.bootstrapServers())) {
      for (int c = 0; c < CHARACTERS; c++) {
        String name = "Character-" + c;
        ChatLog chat =
            new ChatLog(
                "default-user:of-" + name,
                name,
                event -> {
                  var unused =
                      producer.send(
                          new ProducerRecord<>(
                              Topics.TURNS,
                              ScopePartition.of(Scope.of(event.source()), PARTITIONS),
                              event.source().chatId().getBytes(StandardCharsets.UTF_8),
                              TurnEventCodec.encode(event)));
                });
        Instant start = Instant.parse("2025-01-01T00:00:00Z");
        for (int i = 0; i < EXCHANGES; i++) {
          chat.at(start.plus(Duration.ofHours(i)));
          chat.user(name + " hears line " + i + ".");
          chat.reply(name + " says line " + i + ".");
        }
      }
      producer.flush();
    }
  }

  private Map<String, String> settings(String writer) {
    Map<String, String> settings = WriterUnderTest.quick(KAFKA, mem0.url());
    settings.put("mem0.write-timeout-ms", "20000");
    settings.put("tavern.writer.batch.max-turns", "4");
    settings.put("tavern.writer.instance-id", writer);
    return settings;
  }

  private List<String> texts() {
    return mem0.memories().stream().map(StoredMemory::text).sorted().toList();
  }

  private int adds() {
    return mem0.calls(Calls.add()).size();
  }

  private static List<LedgerEntry> written() {
    return KAFKA.reader().ledger().values().stream()
        .filter(entry -> entry.fate() == Fate.WRITTEN)
        .toList();
  }

  private static void awaitWritten(int turns) {
    await(turns + " turns written")
        .atMost(A_WHILE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> written().stream().mapToInt(entry -> entry.turns().size()).sum() == turns);
  }

  private void launch(String writer) {
    processes.put(writer, WriterProcess.start(settings(writer)));
  }

  /** One of them or, once, all; they are started again at once. */
  private List<String> victims(int kill) {
    return kill == KILLS / 2 ? WRITERS : List.of(WRITERS.get(random.nextInt(WRITERS.size())));
  }

  @Test
  void nothing_is_repeated_and_nothing_is_left_out() {
    chats();
    String id;
    List<String> before;
    Set<String> old;
    int first;
    try (WriterUnderTest writer = WriterUnderTest.start(settings("one"))) {
      awaitWritten(TURNS);
      before = texts();
      old = mem0.memories().stream().map(StoredMemory::id).collect(Collectors.toSet());
      first = adds();
      mem0.on(Calls.add()).always(Fault.delay(Duration.ofSeconds(1)));
      id = new Api(writer).post("/v1/replays", "{\"mode\":\"rewrite\"}", 202).path("id").asString();
    }
    WRITERS.forEach(this::launch);
    List<String> killed = new ArrayList<>();
    for (int kill = 0; kill < KILLS; kill++) {
      int calls = first + (kill + 1) * BATCHES / (KILLS + 2) + random.nextInt(4);
      await("call " + calls + " of seed " + seed)
          .atMost(A_WHILE)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> adds() >= calls);
      // Between two calls of a batch, or amid one.
      await().pollDelay(Duration.ofMillis(random.nextInt(900))).until(() -> true);
      List<String> victims = victims(kill);
      killed.addAll(victims);
      victims.forEach(victim -> processes.get(victim).kill());
      victims.forEach(this::launch);
    }
    assertThat(adds() - first).as("calls before the last kill").isLessThan(BATCHES);
    mem0.heal();

    WRITERS.forEach(writer -> assertThat(processes.get(writer).isAlive()).as(writer).isTrue());
    await("all again, seed " + seed)
        .atMost(A_WHILE)
        .until(
            () ->
                mem0.memories().stream().noneMatch(memory -> old.contains(memory.id()))
                    && texts().size() == TURNS);
    awaitWritten(TURNS);
    JsonNode done = ended(id);

    assertThat(done.path("batches").asInt()).isEqualTo(BATCHES);
    assertThat(done.path("done_batches").asInt()).isEqualTo(BATCHES);
    assertThat(done.path("done_turns").asInt()).isEqualTo(TURNS);
    assertThat(done.path("failed_turns").asInt()).isZero();
    assertThat(texts()).as("seed %s", seed).isEqualTo(before);
    assertThat(written()).as("each was written again once").allMatch(it -> it.generation() == 1);
    // A call that was under way when its writer was killed is made once more, and not paid for.
    assertThat(adds() - first)
        .as("killed: %s", killed)
        .isBetween(BATCHES, BATCHES + killed.size() * CHARACTERS);
  }

  /** What a writer tells that has been started after all that. */
  private JsonNode ended(String id) {
    processes.values().forEach(WriterProcess::close);
    try (WriterUnderTest writer = WriterUnderTest.start(settings("one"))) {
      await("all partitions")
          .atMost(A_WHILE)
          .until(() -> writer.status().partitions().size() == PARTITIONS);
      Api api = new Api(writer);
      await("the replay's end")
          .atMost(A_WHILE)
          .until(() -> api.get("/v1/replays/" + id).path("state").asString().equals("completed"));
      return api.get("/v1/replays/" + id);
    }
  }
}
