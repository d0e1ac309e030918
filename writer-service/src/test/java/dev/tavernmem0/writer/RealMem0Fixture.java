package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.Merge;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.Mem0Rig;
import dev.tavernmem0.testkit.mem0.RealMem0;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The real mem0, and in it a user of each test's own; empty topics and a watcher, per test. */
abstract class RealMem0Fixture extends KafkaFixture {
  @RegisterExtension static final RealMem0 MEM0 = new RealMem0();

  private static final List<String> WHAT_WAITS =
      List.of("pending_turns", "backlog_turns", "in_flight", "lag", "holds");

  private final String user = "u-" + UUID.randomUUID();
  Mem0Client mem0;

  /** The mem0 that the test is about. */
  abstract Generation generation();

  @BeforeEach
  void connect() {
    mem0 = MEM0.client(generation());
    if (!RealMem0.isForeign()) {
      rig().reset();
    }
  }

  @AfterEach
  void disconnect() {
    if (mem0 != null) {
      if (RealMem0.isForeign()) {
        memories().forEach(memory -> mem0.delete(memory.id()));
      }
      mem0.close();
    }
  }

  /** The processes and the model; the calling test is skipped where it cannot have them. */
  Mem0Rig rig() {
    return MEM0.rig(generation());
  }

  Map<String, String> settings() {
    Map<String, String> settings = WriterUnderTest.quick(KAFKA, MEM0.url(generation()));
    String key = MEM0.apiKey(generation());
    if (key != null) {
      settings.put("mem0.api-key", key);
    }
    settings.put("mem0.write-timeout-ms", "60000");
    return settings;
  }

  WriterUnderTest startWriter() {
    return WriterUnderTest.start(settings());
  }

  /** SillyTavern's handle of this test's user. */
  String user() {
    return user;
  }

  /** A chat of this test's user. */
  ChatLog chat(String name) {
    return watcher.chatOf(user, user + ":" + name, "Seraphina");
  }

  List<Memory> memories() {
    return mem0.listOfUser(Mem0Ids.user(user), 1000);
  }

  List<String> memoryTexts() {
    return memories().stream().map(Memory::text).toList();
  }

  /** How many memories quote a text. */
  long memoriesOf(String text) {
    return memoryTexts().stream().filter(memory -> memory.contains(text)).count();
  }

  void awaitMemoriesOf(String text, long count) {
    await(count + " memories of " + text)
        .atMost(SOON)
        .untilAsserted(() -> assertThat(memoriesOf(text)).as("%s", memoryTexts()).isEqualTo(count));
  }

  void awaitRemembered(String text) {
    await("memory of " + text).atMost(SOON).until(() -> memoriesOf(text) >= 1);
  }

  /** Waits until so many turns have gone to mem0, whatever it made of them. */
  static void awaitTold(long turns) {
    await(turns + " turns told")
        .atMost(SOON)
        .until(
            () -> {
              Map<Fate, Long> fates = turnsByFate();
              return fates.getOrDefault(Fate.WRITTEN, 0L) + fates.getOrDefault(Fate.EMPTY, 0L)
                  == turns;
            });
  }

  /** By the writer's status nothing waits, and mem0 holds what is live by the ledger, no more. */
  void assertSettled(WriterUnderTest writer) {
    awaitRest(writer);
    await("a status in which nothing waits")
        .atMost(SOON)
        .untilAsserted(
            () -> {
              JsonNode status = call(writer, "GET", "/v1/status");
              assertThat(WHAT_WAITS).allMatch(field -> status.path(field).asLong(-1) == 0);
              assertThat(status.path("paused_by").asString(null)).isNull();
            });
    assertThat(memories()).extracting(Memory::id).containsExactlyInAnyOrderElementsOf(liveIds());
  }

  /** What the ledger says that mem0 holds. */
  private static Set<String> liveIds() {
    Collection<LedgerEntry> entries = KAFKA.reader().ledger().values();
    Set<String> live =
        entries.stream()
            .filter(entry -> entry.fate() == Fate.WRITTEN)
            .flatMap(entry -> entry.memoryIds().stream())
            .collect(Collectors.toSet());
    // What a batch says no more is gone for the batch that had said it.
    entries.stream()
        .filter(entry -> entry.fate() == Fate.WRITTEN || entry.fate() == Fate.EMPTY)
        .flatMap(entry -> entry.merges().stream())
        .filter(merge -> merge.change() == Merge.Change.DELETE)
        .map(Merge::memoryId)
        .forEach(live::remove);
    return live;
  }

  static JsonNode call(WriterUnderTest writer, String method, String path)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(writer.url() + path))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    return JsonMapper.shared().readTree(answer.body());
  }
}
