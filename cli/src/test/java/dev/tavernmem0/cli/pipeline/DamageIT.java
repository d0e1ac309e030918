package dev.tavernmem0.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.cli.TavernMem0;
import dev.tavernmem0.cli.operate.Operator;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.identity.TurnHash;
import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.testkit.kafka.KafkaProcess;
import dev.tavernmem0.testkit.kafka.RawProducer;
import dev.tavernmem0.testkit.kafka.TopicReader;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import dev.tavernmem0.testkit.process.JavaProcess;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every kind of damage to log, ledger, mem0 and the watcher's state, each in a chat of its own:
 * {@code verify} finds it by its name and changes nothing, and {@code verify --repair} mends it.
 */
class DamageIT {
  /** A service starts in 4 s, and on a machine with much else to do in a minute. */
  private static final Duration SOON = Duration.ofMinutes(4);

  private static final Duration POLL = Duration.ofMillis(300);
  private static final String GHOST = "eve:ghost";

  /** What {@code verify} is to find, and how often. */
  private static final Map<String, Integer> DAMAGE =
      Map.ofEntries(
          Map.entry("files-turn-not-in-file", 1),
          Map.entry("files-stale", 1),
          Map.entry("files-turn-not-in-log", 1),
          Map.entry("files-chat-not-in-log", 1),
          Map.entry("files-not-tracked", 1),
          // A chat without a file, and one that an old scope tells of, too.
          Map.entry("files-file-gone", 2),
          Map.entry("files-unreadable", 1),
          Map.entry("without-fate", 1),
          Map.entry("stale", 1),
          // A turn of a chat that is there, and one of a chat that nobody knows.
          Map.entry("gone", 2),
          Map.entry("wrong-scope", 1),
          Map.entry("missing", 1),
          Map.entry("left-over", 1),
          Map.entry("unrecorded", 1),
          // Gina's memory is a stranger's, too.
          Map.entry("strangers", 2));

  @TempDir private Path directory;
  private final Map<String, SimulatedChat> chats = new HashMap<>();
  private FaultyMem0Server mem0;
  private KafkaProcess broker;
  private Service watcher;
  private Service writer;
  private Operator operator;

  @BeforeEach
  void start() throws Exception {
    mem0 = FaultyMem0Server.builder().extractor(Extractor.verbatim()).start();
    broker = KafkaProcess.start(directory.resolve("kafka"));
    try (Admin admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) broker.bootstrapServers()))) {
      admin.createTopics(Topics.all(1, (short) 1)).all().get();
    }
    watcher = new Service("watcher", "watcher", directory, watcherSettings());
    writer = new Service("writer", "writer", directory, writerSettings());
  }

  @AfterEach
  void stop() {
    writer.close();
    watcher.close();
    broker.close();
    mem0.close();
  }

  private Map<String, String> watcherSettings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("server.port", "0");
    settings.put("spring.kafka.bootstrap-servers", broker.bootstrapServers());
    settings.put("tavern.watcher.connector.data.root", directory.resolve("data").toString());
    settings.put("tavern.watcher.connector.poll.interval.ms", "100");
    settings.put("tavern.watcher.connector.settle.file.ms", "100");
    settings.put("tavern.watcher.connector.rename.window.ms", "100");
    return settings;
  }

  /** Each turn is a batch, so that damage to an entry is damage to a turn. */
  private Map<String, String> writerSettings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("server.port", "0");
    settings.put("spring.kafka.bootstrap-servers", broker.bootstrapServers());
    settings.put("mem0.base-url", mem0.url().toString());
    settings.put("tavern.writer.batch.settle", "0ms");
    settings.put("tavern.writer.batch.linger", "0ms");
    settings.put("tavern.writer.batch.max-age", "1s");
    settings.put("tavern.writer.batch.max-turns", "1");
    settings.put("tavern.writer.batch.backlog-turns", "1");
    settings.put("tavern.writer.retract.grace", "100ms");
    settings.put("tavern.writer.sweep.every", "0s");
    settings.put("tavern.writer.sweep.retry", "1s");
    return settings;
  }

  private void startWriter() {
    writer.launch();
    awaitRest();
  }

  private void awaitRest() {
    await("writer at rest")
        .atMost(SOON)
        .pollInterval(POLL)
        .until(
            () -> {
              JsonNode status = writer.get("/v1/status");
              return status.path("state").asString("").equals("RUNNING")
                  && List.of("pending_turns", "backlog_turns", "in_flight", "lag").stream()
                      .allMatch(field -> status.path(field).asInt(1) == 0)
                  && status.path("partitions").size() == 1
                  && status.path("partitions").get(0).path("open_records").asInt(1) == 0;
            });
  }

  /** A chat of a character of this name, in which the user says this. */
  private void chat(SimulatedUser eve, String character, String... texts) {
    SimulatedChat chat = eve.newChat(eve.character(character, character + " says hello."));
    for (String text : texts) {
      chat.send(text);
    }
    chats.put(character, chat);
  }

  private String idOf(String character) {
    return "eve:" + chats.get(character).integrity();
  }

  private TopicReader reader() {
    return new TopicReader(broker.bootstrapServers());
  }

  private void append(String topic, byte[] key, byte @Nullable [] value) {
    try (RawProducer producer = new RawProducer(broker.bootstrapServers())) {
      producer.append(topic, 0, key, value);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What the log has of a chat's turn, to be changed. */
  private ObjectNode logged(String character, int position) {
    TurnEvent event =
        reader().turnEvents().stream()
            .filter(each -> each.source().chatId().equals(idOf(character)))
            .filter(each -> each.after() != null && each.after().position() == position)
            .findFirst()
            .orElseThrow();
    return (ObjectNode) Json.MAPPER.readTree(TurnEventCodec.encode(event));
  }

  private static ObjectNode after(ObjectNode event) {
    return (ObjectNode) event.path("after");
  }

  private static ObjectNode says(ObjectNode event, String text) {
    after(event).put("text", text).put("hash", TurnHash.of(Role.USER, text));
    return event;
  }

  /** An event that nothing in SillyTavern is behind. */
  private void plant(ObjectNode event, String op, String cause) {
    ObjectNode source = (ObjectNode) event.path("source");
    source.put("cause", cause).put("snapshot", "false").put("save_id", "planted");
    event.put("op", op);
    if (!op.equals("c")) {
      event.putObject("before").put("turn_id", after(event).path("turn_id").asString());
      ((ObjectNode) event.path("before")).put("hash", "0000000000000000");
    }
    if (op.equals("d")) {
      event.putNull("after");
    }
    append(
        Topics.TURNS,
        bytes(source.path("chat_id").asString()),
        Json.MAPPER.writeValueAsBytes(event));
  }

  private LedgerEntry entryOf(String character) {
    return reader().ledger().values().stream()
        .filter(entry -> entry.fate() == Fate.WRITTEN && entry.chatId().equals(idOf(character)))
        .findFirst()
        .orElseThrow();
  }

  private void plant(LedgerEntry place, @Nullable LedgerEntry entry) {
    append(Topics.LEDGER, bytes(place.key()), entry == null ? null : LedgerCodec.encode(entry));
  }

  private static StoredMemory memory(
      String id, String character, String text, String batch, String turn) {
    return StoredMemory.of(
        id, text, "eve", character, Map.of("batch_id", batch, "turn_ids", List.of(turn)));
  }

  private void damageTheLog() {
    ObjectNode extra = says(logged("Ada", 1), "Nobody said that.");
    after(extra).put("turn_id", "00000000000000aa").put("position", 2);
    plant(extra, "c", "append");
    plant(says(logged("Bea", 1), "In other words."), "u", "edit");
    plant(logged("Cleo", 2), "d", "delete");
    for (int position = 2; position >= 0; position--) {
      plant(logged("Dora", position), "d", "chat-deleted");
    }
    ObjectNode ghost = says(logged("Fay", 1), "A ghost speaks.");
    ((ObjectNode) ghost.path("source")).put("chat_id", GHOST).put("chat_file", "Ghost.jsonl");
    after(ghost).put("turn_id", "00000000000000bb");
    plant(ghost, "c", "append");
    ObjectNode before = logged("Nina", 1);
    ((ObjectNode) before.path("source"))
        .put("character", "Old Nina")
        .put("scope", Mem0Ids.character("Old Nina"));
    plant(before, "c", "append");
    append(Topics.TURNS, bytes(idOf("Fay")), bytes("no event"));
  }

  private void damageTheWatchersState() {
    String key =
        reader().records(Topics.WATCHER_OFFSETS).stream()
            .map(ConsumerRecord::key)
            .filter(each -> each.contains("\"files\"") && each.contains("chats/Ella"))
            .findFirst()
            .orElseThrow();
    append(Topics.WATCHER_OFFSETS, bytes(key), null);
  }

  private void damageTheLedger() {
    plant(entryOf("Gina"), null);
    LedgerEntry old = entryOf("Hana");
    LedgerTurn turn = old.turns().get(0);
    LedgerTurn before =
        new LedgerTurn(turn.turnId(), turn.chatId(), "0000000000000001", "0001", 0, false);
    plant(old, old.become(old.fate(), old.reason(), List.of(before), old.tsMs()));
    LedgerEntry iris = entryOf("Iris");
    for (String chat : List.of(iris.chatId(), "eve:nowhere")) {
      LedgerEntry stranger = skipped(chat.equals(iris.chatId()) ? "cc" : "dd", iris, chat);
      plant(stranger, stranger);
    }
    LedgerEntry jane = entryOf("Jane");
    LedgerEntry elsewhere =
        new LedgerEntry(
                "00000000000000ab",
                0,
                jane.chatId(),
                jane.chatFile(),
                new Scope(jane.scope().userId(), Mem0Ids.character("Kim")),
                List.of(),
                Fate.WRITTEN,
                null,
                jane.turns(),
                List.of(),
                1,
                0)
            .holding(List.of("jane-at-kim"), List.of());
    plant(elsewhere, elsewhere);
    mem0.put(
        memory(
            "jane-at-kim",
            "Kim",
            "Jane is here.",
            elsewhere.batchId(),
            jane.turns().get(0).turnId()));
  }

  private static LedgerEntry skipped(String id, LedgerEntry like, String chat) {
    return new LedgerEntry(
        "00000000000000" + id,
        0,
        chat,
        like.chatFile(),
        like.scope(),
        List.of(),
        Fate.SKIPPED,
        "system",
        List.of(new LedgerTurn("10000000000000" + id, null, "20000000000000" + id, "ff", 0, false)),
        List.of(),
        0,
        0);
  }

  private void damageMem0() {
    mem0.remove(entryOf("Lena").memoryIds().get(0));
    mem0.put(memory("stranger", "Mona", "Mona is tall.", "0123456789abcdef", "elsewhere"));
    LedgerEntry mona = entryOf("Mona");
    mem0.put(
        memory(
            "twin",
            "Mona",
            textOf(mona.memoryIds().get(0)),
            mona.batchId(),
            mona.turns().get(0).turnId()));
    LedgerEntry kim = entryOf("Kim");
    mem0.put(memory("late", "Kim", "Kim came late.", kim.batchId(), kim.turns().get(0).turnId()));
  }

  private String textOf(String memoryId) {
    return mem0.memories().stream()
        .filter(memory -> memory.id().equals(memoryId))
        .map(StoredMemory::text)
        .findFirst()
        .orElseThrow();
  }

  private List<String> texts() {
    return mem0.memories().stream().map(StoredMemory::text).sorted().toList();
  }

  private JsonNode verified(String... more) {
    List<String> command = new ArrayList<>(List.of("verify", "--output=json"));
    command.addAll(List.of(more));
    Operator.Result result = operator.runs(command.toArray(String[]::new));
    assertThat(result.exitCode()).as("%s%s", result.out(), result.err()).isIn(0, 1);
    return result.json();
  }

  /** What {@code verify} names, and how often. */
  private static Map<String, Integer> found(JsonNode answer) {
    Map<String, Integer> found = new TreeMap<>();
    JsonNode files = answer.path("files_and_log");
    JsonNode mem0 = answer.path("ledger_and_mem0");
    files.path("counts").forEachEntry((kind, n) -> found.put("files-" + kind, n.asInt()));
    answer.path("log_and_ledger").path("counts").forEachEntry((k, n) -> found.put(k, n.asInt()));
    found.put("files-unreadable", files.path("unreadable_records").asInt());
    found.put("missing", mem0.path("missing_memories").asInt());
    found.put("strangers", mem0.path("strangers").asInt());
    found.put("left-over", mem0.path("left_over").asInt());
    found.put("unrecorded", mem0.path("unrecorded").asInt());
    found.put("not-compared", files.path("not_compared").asInt());
    found.values().removeIf(count -> count == 0);
    assertThat(files.path("failure").isString()).as("%s", answer).isFalse();
    assertThat(mem0.path("failure").isString()).as("%s", answer).isFalse();
    assertThat(mem0.path("last_error").isString()).as("%s", answer).isFalse();
    return found;
  }

  @Test
  void every_kind_of_damage_is_found_by_its_name_and_mended() throws Exception {
    SimulatedUser eve =
        SillyTavernSimulator.at(Files.createDirectories(directory.resolve("data"))).user("eve");
    for (String character :
        List.of(
            "Ada", "Bea", "Cleo", "Dora", "Ella", "Fay", "Gina", "Hana", "Iris", "Jane", "Kim",
            "Lena", "Mona", "Nina")) {
      chat(eve, character, character + " knows my dog.", character + " knows my cat.");
    }
    watcher.launch();
    startWriter();
    operator =
        new Operator(directory)
            .set("TAVERN_MEM0_WATCHER_URL", watcher.url())
            .set("TAVERN_MEM0_WRITER_URL", writer.url());
    await("all written").atMost(SOON).until(() -> texts().size() == 28);
    awaitRest();
    assertThat(found(verified())).as("before").isEmpty();
    List<String> before = texts();

    writer.stop();
    damageTheLog();
    damageTheWatchersState();
    damageTheLedger();
    damageMem0();
    startWriter();
    operator.set("TAVERN_MEM0_WRITER_URL", writer.url());
    List<String> damaged = texts();

    assertThat(found(verified())).isEqualTo(DAMAGE);
    assertThat(found(verified())).as("again: nothing was changed").isEqualTo(DAMAGE);
    assertThat(texts()).isEqualTo(damaged);

    await("all is mended")
        .atMost(SOON)
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              awaitRest();
              return mended();
            });
    assertThat(operator.runs("verify").exits(0).out())
        .contains("1 records of the log are no events", "They say the same.");
    List<String> expected = new ArrayList<>(before);
    // What was stored late of a batch that is written.
    expected.add("Kim came late.");
    assertThat(texts()).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void a_service_that_is_killed_amid_it_is_told_of_and_the_next_one_comes_to_its_end()
      throws Exception {
    SimulatedUser eve =
        SillyTavernSimulator.at(Files.createDirectories(directory.resolve("data"))).user("eve");
    for (String character : List.of("Ada", "Bea", "Cleo")) {
      chat(eve, character, character + " knows my dog.", character + " knows my cat.");
    }
    watcher.launch();
    startWriter();
    operator = new Operator(directory);
    await("all written").atMost(SOON).until(() -> texts().size() == 6);
    awaitRest();
    Random random = new Random(7);
    for (Service victim : List.of(watcher, writer, watcher, writer)) {
      setAddresses();
      await().atMost(SOON).until(() -> operator.runs("verify").exitCode() == 0);
      CompletableFuture<Operator.Result> running =
          CompletableFuture.supplyAsync(() -> operator.runs("verify"));
      int moment = 100 + random.nextInt(1_500);
      await().pollDelay(Duration.ofMillis(moment)).until(() -> true);

      victim.kill();

      Operator.Result result = running.get(5, TimeUnit.MINUTES);
      assertThat(result.exitCode()).as("%s", result).isIn(0, 1, 3);
      if (result.exitCode() == 3) {
        assertThat(result.err()).as("the writer").contains("tavern-mem0: the writer");
      } else if (result.exitCode() == 1) {
        assertThat(result.out()).as("the watcher").contains("could not be compared");
      }
      victim.launch();
    }
    awaitRest();
    setAddresses();
    killVerifyItself(random);
    await().atMost(SOON).until(() -> operator.runs("verify").exitCode() == 0);
  }

  /** What it has begun in the services goes on, and keeps nobody waiting. */
  private void killVerifyItself(Random random) {
    for (int i = 0; i < 3; i++) {
      JavaProcess command =
          JavaProcess.start(
              TavernMem0.class.getName(),
              List.of("-XX:TieredStopAtLevel=1"),
              List.of("verify", "--watcher-url=" + watcher.url(), "--writer-url=" + writer.url()),
              directory.resolve("verify.log"));
      int moment = 500 + random.nextInt(5_000);
      await().pollDelay(Duration.ofMillis(moment)).until(() -> true);
      command.kill();
      operator.runs("verify").exits(0);
    }
  }

  private void setAddresses() {
    await().atMost(SOON).until(() -> writer.get("/v1/status").isObject());
    await().atMost(SOON).until(() -> watcher.get("/v1/status").isObject());
    operator
        .set("TAVERN_MEM0_WATCHER_URL", watcher.url())
        .set("TAVERN_MEM0_WRITER_URL", writer.url());
  }

  /** Whether all agree; what does not is being mended, and memories of deleted chats go. */
  private boolean mended() {
    Operator.Result result =
        operator.runs("verify", "--repair", "--delete-strangers", "--yes", "--output=json");
    if (result.exitCode() == 0 && writer.get("/v1/holds").isEmpty()) {
      return true;
    }
    assertThat(result.json().path("repair_failure").isString()).as(result.out()).isFalse();
    assertThat(result.json().path("snapshot_failure").isString()).as(result.out()).isFalse();
    awaitRest();
    for (JsonNode hold : writer.get("/v1/holds")) {
      operator.runs("holds", "confirm", hold.path("chat_id").asString(""), "--yes");
    }
    return false;
  }
}
