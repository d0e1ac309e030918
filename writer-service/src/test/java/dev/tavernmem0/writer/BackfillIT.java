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
import dev.tavernmem0.testkit.mem0.Mem0Call;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Two thousand turns that are written at last, beside people who go on chatting. {@code
 * -Dbackfill.turns=N} makes them more.
 */
class BackfillIT extends KafkaFixture {
  private static final List<String> CHARACTERS = List.of("Aria", "Robin", "Seraphina", "Tom");
  private static final int TURNS = Integer.getInteger("backfill.turns", 2_000);
  private static final int OF_EACH = TURNS / CHARACTERS.size();
  private static final int BATCH = 20;

  /** How often somebody says something amid a call of the character's backfill. */
  private static final int SAID = 12;

  private static final Duration A_CALL = Duration.ofMillis(800);

  /** So long before the call's end a turn has to be in the log to be seen by then. */
  private static final Duration TO_BE_READ = Duration.ofMillis(300);

  private static final Duration A_WHILE =
      Duration.ofSeconds(60).plus(Duration.ofMillis(30L * TURNS));
  private static final String MISSING = "{\"mode\":\"missing\",\"fates\":[\"none\"]}";

  private final Map<String, ChatLog> open = new HashMap<>();
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
    Map<String, String> settings = WriterUnderTest.quick(KAFKA, mem0.url());
    settings.put("mem0.write-timeout-ms", "20000");
    settings.put("tavern.writer.batch.settle", "0ms");
    settings.put("tavern.writer.batch.linger", "0ms");
    settings.put("tavern.writer.batch.max-turns", "" + BATCH);
    settings.put("tavern.writer.batch.backlog-turns", "" + BATCH);
    return settings;
  }

  private void oldChats() {
    for (String character : CHARACTERS) {
      ChatLog chat =
          watcher
              .chat("default-user:old-" + character, character)
              .at(Instant.parse("2025-01-01T00:00:00Z"));
      for (int i = 0; i < OF_EACH / 2; i++) {
        chat.user(character + " hears line " + i + ".");
        chat.reply(character + " says line " + i + ".");
      }
    }
    watcher.flush();
  }

  private List<String> texts() {
    return mem0.memories().stream().map(StoredMemory::text).sorted().toList();
  }

  /** As if the ledger and mem0 were new, and the writers had read the log before. */
  private void loseLedgerAndMemories() {
    try (RawProducer producer = new RawProducer(KAFKA.bootstrapServers())) {
      for (LedgerEntry entry : List.copyOf(KAFKA.reader().ledger().values())) {
        producer.append(
            Topics.LEDGER,
            ScopePartition.of(entry.scope(), TurnPublisher.PARTITIONS),
            entry.key().getBytes(StandardCharsets.UTF_8),
            null);
      }
    }
    mem0.memories().forEach(memory -> mem0.remove(memory.id()));
  }

  private List<Mem0Call> adds(String character) {
    return mem0.calls(Calls.add()).stream()
        .filter(call -> call.body().path("agent_id").asString("").equals(character))
        .toList();
  }

  private static JsonNode awaitEnd(Api api, String id) {
    await("the replay's end")
        .atMost(A_WHILE)
        .until(() -> api.get("/v1/replays/" + id).path("state").asString().equals("completed"));
    return api.get("/v1/replays/" + id);
  }

  @Test
  void what_is_said_beside_it_waits_for_one_call_of_its_scope_and_a_second_time_writes_nothing() {
    oldChats();
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitTurns(Fate.WRITTEN, TURNS);
      awaitRest(writer);
    }
    List<String> before = texts();
    loseLedgerAndMemories();
    try (WriterUnderTest writer = WriterUnderTest.start(settings())) {
      awaitRest(writer);
      assertThat(texts()).as("what the writers have read is not due").isEmpty();
      mem0.on(Calls.add()).always(Fault.delay(A_CALL));
      Api api = new Api(writer);

      String id = api.post("/v1/replays", MISSING, 202).path("id").asString();
      int said = chatUntil(SAID);

      assertThat(api.get("/v1/replays/" + id).path("state").asString())
          .as("the replay, when the last of them was written")
          .isEqualTo("running");
      mem0.heal();
      JsonNode done = awaitEnd(api, id);
      awaitRest(writer);
      assertThat(done.path("turns").asInt()).isEqualTo(TURNS);
      assertThat(done.path("done_turns").asInt()).isEqualTo(TURNS);
      assertThat(done.path("failed_turns").asInt()).isZero();
      assertThat(texts()).hasSize(TURNS + said).containsAll(before).doesNotHaveDuplicates();
      awaitTurns(Fate.WRITTEN, TURNS + said);

      int calls = mem0.calls().size();
      JsonNode again = awaitEnd(api, api.post("/v1/replays", MISSING, 202).path("id").asString());

      assertThat(again.path("turns").asInt()).isZero();
      assertThat(mem0.calls()).as("the second time nothing is done").hasSize(calls);
    }
  }

  /** Says something amid a call of each character in turn; returns how much was said for that. */
  private int chatUntil(int seen) {
    int said = 0;
    for (int valid = 0; valid < seen; said++) {
      assertThat(said).as("turns that came too late to be judged by").isLessThan(3 * seen);
      if (saidAmidACall(CHARACTERS.get(said % CHARACTERS.size()), "News " + said + ".")) {
        valid++;
      }
    }
    return said;
  }

  /** Whether it was there early enough; then the next call has to be its own. */
  private boolean saidAmidACall(String character, String words) {
    int before = adds(character).size();
    await("a call for " + character)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> adds(character).size() > before);
    int underWay = adds(character).size() - 1;
    open.computeIfAbsent(
            character, name -> watcher.chat("default-user:now-" + name, name).at(Instant.now()))
        .user(words);
    watcher.flush();
    Instant published = Instant.now();
    await(words)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> adds(character).stream().anyMatch(call -> call.text().contains(words)));
    List<Mem0Call> calls = adds(character);
    Instant ended = Objects.requireNonNull(calls.get(underWay).finishedAt());
    if (ended.isBefore(published.plus(TO_BE_READ))) {
      return false;
    }
    assertThat(calls.get(underWay + 1).text())
        .as("the call after the one under way")
        .contains(words);
    return true;
  }
}
