package dev.tavernmem0.watcher.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import dev.tavernmem0.watcher.ChatWatcherApplication;
import dev.tavernmem0.watcher.state.StateKeys;
import dev.tavernmem0.watcher.state.StateStore;
import dev.tavernmem0.watcher.track.Signal;
import dev.tavernmem0.watcher.track.SignalCodec;
import dev.tavernmem0.watcher.track.SnapshotRun;
import dev.tavernmem0.watcher.track.SnapshotSelection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;

/** The service on a real broker, with state that the connector stored or could have stored. */
class SnapshotsIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final StateKeys KEYS = new StateKeys("tavern");
  private static final SnapshotRun RUNNING =
      SnapshotRun.queued("b", SnapshotRun.Type.INCREMENTAL, SnapshotSelection.ALL, 1_000)
          .started(4, 2_000)
          .published("eve/chats/Mara/1.jsonl", 40, 4_000);
  private static final SnapshotRun ENDED =
      SnapshotRun.queued("a", SnapshotRun.Type.INCREMENTAL, SnapshotSelection.ALL, 500)
          .in(SnapshotRun.State.CANCELLED, 900);

  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  @TempDir private Path root;
  private ConfigurableApplicationContext watcher;

  /** An answer. */
  private record Answer(int status, String location, JsonNode body) {}

  @BeforeEach
  void freshTopics() {
    KAFKA.freshTopics(1);
  }

  @AfterEach
  void stop() {
    watcher.close();
  }

  private void start() {
    start(KAFKA.bootstrapServers());
  }

  private void start(String servers) {
    watcher =
        ChatWatcherApplication.builder()
            .registerShutdownHook(false)
            .run(
                "--server.port=0",
                "--spring.kafka.bootstrap-servers=" + servers,
                "--tavern.watcher.connector.data.root=" + root.resolve("data"),
                "--tavern.watcher.restart.initial-backoff=100ms",
                "--tavern.watcher.restart.max-backoff=500ms");
  }

  /** Without a data root the engine does not run, and what a test has stored stays as it is. */
  private void startWithoutEngine() {
    start();
  }

  private void startWatching() {
    start();
    await()
        .atMost(SOON)
        .until(() -> "done".equals(get("/v1/status").body().path("snapshot").asString("")));
  }

  private Answer call(HttpMethod method, String uri, String body) {
    int port = ((WebServerApplicationContext) watcher).getWebServer().getPort();
    return RestClient.create("http://127.0.0.1:" + port)
        .method(method)
        .uri(uri)
        .contentType(MediaType.APPLICATION_JSON)
        .body(body)
        .exchangeForRequiredValue(
            (request, response) ->
                new Answer(
                    response.getStatusCode().value(),
                    String.valueOf(response.getHeaders().getLocation()),
                    Json.MAPPER.readTree(response.getBody())));
  }

  private Answer get(String uri) {
    return call(HttpMethod.GET, uri, "");
  }

  private Answer post(String uri, String body) {
    return call(HttpMethod.POST, uri, body);
  }

  private static void store(Map<String, String> partition, Map<String, Object> offset)
      throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", KAFKA.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  Topics.WATCHER_OFFSETS,
                  Json.MAPPER.writeValueAsBytes(List.of("tavern", partition)),
                  Json.MAPPER.writeValueAsBytes(offset)))
          .get();
    }
  }

  private static void storeSnapshots(SnapshotRun... runs) throws Exception {
    store(KEYS.snapshots(), StateStore.offset(SnapshotRun.encode(List.of(runs))));
  }

  private static List<Signal> signals() {
    return KAFKA.reader().records(Topics.SIGNALS).stream()
        .peek(record -> assertThat(record.key()).isEqualTo("tavern"))
        .map(record -> SignalCodec.decode(record.value()))
        .toList();
  }

  private SimulatedUser user() {
    return SillyTavernSimulator.at(root.resolve("data")).user("eve");
  }

  @Test
  void a_snapshot_that_is_asked_for_is_signalled_and_can_be_looked_up_at_once() {
    user();
    startWatching();

    Answer accepted = post("/v1/snapshots", "{\"characters\":[\"Mara\"]}");

    String id = accepted.body().path("id").asString();
    assertThat(accepted.status()).isEqualTo(202);
    assertThat(accepted.location()).isEqualTo("/v1/snapshots/" + id);
    assertThat(accepted.body().path("state").asString()).isEqualTo("queued");
    assertThat(signals())
        .singleElement()
        .isInstanceOfSatisfying(
            Signal.Execute.class,
            signal -> {
              assertThat(signal.id()).isEqualTo(id);
              assertThat(signal.selection().characters()).containsExactly("Mara");
            });
    Answer looked = get(accepted.location());
    assertThat(looked.status()).isEqualTo(200);
    assertThat(looked.body().path("id").asString()).isEqualTo(id);
    assertThat(looked.body().path("selection").path("characters").path(0).asString())
        .isEqualTo("Mara");
  }

  @Test
  void a_snapshot_publishes_the_chats_that_it_is_of_again_and_says_when_it_is_done() {
    SimulatedUser user = user();
    user.newChat(user.character("Mara", "Welcome.")).ask("I live in Prague.", "A golden city.");
    user.newChat(user.character("Rust", "Yes?")).send("Hello.");
    startWatching();
    int before = KAFKA.reader().turnEvents().size();

    String snapshot = post("/v1/snapshots", "{\"characters\":[\"Mara\"]}").location();
    await()
        .atMost(SOON)
        .until(() -> "completed".equals(get(snapshot).body().path("state").asString("")));

    assertThat(KAFKA.reader().turnEvents().stream().skip(before))
        .allMatch(event -> event.op() == Op.READ)
        .extracting(event -> event.after().text())
        .containsExactly("Welcome.", "I live in Prague.", "A golden city.");
    JsonNode run = get(snapshot).body();
    assertThat(run.path("chats_total").asInt()).isEqualTo(1);
    assertThat(run.path("chats_done").asInt()).isEqualTo(1);
    assertThat(run.path("turns").asInt()).isEqualTo(3);
    assertThat(run.path("seconds_left").asInt()).isZero();
    assertThat(post(snapshot + "/pause", "").status()).isEqualTo(409);
  }

  @Test
  void what_is_not_understood_is_refused_and_signals_nothing() {
    user();
    startWatching();

    Answer refused = post("/v1/snapshots", "{\"handle\":[\"eve\"]}");

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body().path("type").asString())
        .isEqualTo("urn:tavern-mem0:problem:invalid-field");
    assertThat(refused.body().path("field").asString()).isEqualTo("handle");
    assertThat(refused.body().path("fix").asString()).contains("handles, characters");
    assertThat(signals()).isEmpty();
  }

  @Test
  void while_nobody_would_carry_it_out_a_snapshot_is_refused_with_the_reason() {
    startWithoutEngine();
    await().atMost(SOON).until(() -> !get("/v1/status").body().path("last_error").isNull());

    Answer refused = post("/v1/snapshots", "{}");

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.body().path("detail").asString()).contains("no such directory");
    assertThat(signals()).isEmpty();
  }

  @Test
  void how_far_a_snapshot_is_comes_from_the_connectors_state() throws Exception {
    startWithoutEngine();
    storeSnapshots(ENDED, RUNNING);

    JsonNode run = get("/v1/snapshots/b").body();

    assertThat(run.path("state").asString()).isEqualTo("running");
    assertThat(run.path("chats_total").asInt()).isEqualTo(4);
    assertThat(run.path("chats_done").asInt()).isEqualTo(1);
    assertThat(run.path("turns").asInt()).isEqualTo(40);
    assertThat(run.path("turns_per_second").asDouble()).isEqualTo(20.0);
    assertThat(run.path("seconds_left").asInt()).isEqualTo(6);
    assertThat(run.path("started_at").asString()).isEqualTo("1970-01-01T00:00:02Z");
    assertThat(run.path("ended_at").isNull()).isTrue();
    assertThat(get("/v1/snapshots").body().path("snapshots"))
        .extracting(snapshot -> snapshot.path("id").asString())
        .containsExactly("a", "b");

    storeSnapshots(ENDED, RUNNING.in(SnapshotRun.State.COMPLETED, 9_000));
    assertThat(get("/v1/snapshots/b").body().path("state").asString()).isEqualTo("completed");
  }

  @ParameterizedTest
  @CsvSource({"pause, Pause", "resume, Resume", "cancel, Stop"})
  void a_snapshot_is_paused_resumed_and_cancelled_by_a_signal(String action, String signal)
      throws Exception {
    startWithoutEngine();
    storeSnapshots(ENDED, RUNNING);

    assertThat(post("/v1/snapshots/b/" + action, "").status()).isEqualTo(202);

    assertThat(signals())
        .singleElement()
        .satisfies(
            sent -> {
              assertThat(sent.getClass().getSimpleName()).isEqualTo(signal);
              assertThat(sent.toString()).contains("snapshotId=b");
            });
  }

  @Test
  void one_more_than_are_kept_is_refused() throws Exception {
    Files.createDirectories(root.resolve("data/eve/chats"));
    storeSnapshots(
        IntStream.range(0, SnapshotRun.MOST_UNFINISHED)
            .mapToObj(
                i ->
                    SnapshotRun.queued(
                            "s" + i, SnapshotRun.Type.INCREMENTAL, SnapshotSelection.ALL, i)
                        .in(SnapshotRun.State.PAUSED, i))
            .toArray(SnapshotRun[]::new));
    startWatching();

    Answer refused = call(HttpMethod.POST, "/v1/snapshots", "{}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body().path("fix").asString()).contains("cancel");
    assertThat(signals()).isEmpty();
  }

  @Test
  void an_unknown_snapshot_is_not_found_and_an_ended_one_is_a_conflict() throws Exception {
    startWithoutEngine();
    storeSnapshots(ENDED, RUNNING);

    Answer unknown = post("/v1/snapshots/x/pause", "");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.body().path("field").asString()).isEqualTo("id");
    assertThat(unknown.body().path("value").asString()).isEqualTo("x");
    assertThat(get("/v1/snapshots/x").status()).isEqualTo(404);
    Answer ended = post("/v1/snapshots/a/resume", "");
    assertThat(ended.status()).isEqualTo(409);
    assertThat(ended.body().path("detail").asString()).contains("cancelled");
    assertThat(signals()).isEmpty();
  }

  @Test
  void the_chats_that_are_tracked_are_those_that_were_watched() {
    SimulatedUser user = user();
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    chat.ask("I live in Prague.", "A golden city.");
    startWatching();

    JsonNode page = get("/v1/chats").body();

    assertThat(page.path("total").asInt()).isEqualTo(1);
    JsonNode tracked = page.path("chats").path(0);
    assertThat(tracked.path("handle").asString()).isEqualTo("eve");
    assertThat(tracked.path("character").asString()).isEqualTo("Mara");
    assertThat(tracked.path("file").asString())
        .isEqualTo("chats/Mara/" + chat.path().getFileName());
    assertThat(tracked.path("chat_id").asString()).isEqualTo("eve:" + chat.integrity());
    assertThat(tracked.path("turns").asInt()).isEqualTo(3);
    assertThat(tracked.path("changed_at").asString()).isNotEmpty();

    chat.send("And a cat.");
    await()
        .atMost(SOON)
        .until(() -> get("/v1/chats").body().path("chats").path(0).path("turns").asInt() == 4);
  }

  @Test
  void a_group_chat_is_listed_with_the_group_that_its_files_name() throws Exception {
    startWithoutEngine();
    store(KEYS.files("eve/group chats", 0), StateStore.offset("{\"g.jsonl\":{\"chat_id\":\"9\"}}"));
    Path groups = Files.createDirectories(root.resolve("data/eve/groups"));
    Files.writeString(
        groups.resolve("17.json"),
        "{\"id\":\"17\",\"name\":\"The crew\",\"members\":[],\"chats\":[\"g\"]}");

    JsonNode chat = get("/v1/chats").body().path("chats").path(0);

    assertThat(chat.path("group").path("name").asString()).isEqualTo("The crew");
    assertThat(chat.path("character").isNull()).isTrue();
  }

  @Test
  void chats_come_by_page_and_can_be_narrowed() throws Exception {
    startWithoutEngine();
    store(
        KEYS.files("eve/chats/Mara", 0),
        StateStore.offset("{\"1.jsonl\":{\"chat_id\":\"1\"},\"2.jsonl\":{\"chat_id\":\"2\"}}"));
    store(KEYS.files("eve/chats/Rust", 0), StateStore.offset("{\"3.jsonl\":{\"chat_id\":\"3\"}}"));
    store(KEYS.files("adam/chats/Mara", 0), StateStore.offset("{\"0.jsonl\":{\"chat_id\":\"0\"}}"));

    JsonNode first = get("/v1/chats?limit=3").body();
    assertThat(ids(first)).containsExactly("0", "1", "2");
    assertThat(first.path("total").asInt()).isEqualTo(4);
    JsonNode second = get("/v1/chats?limit=3&after=" + first.path("next").asString()).body();
    assertThat(ids(second)).containsExactly("3");
    assertThat(second.path("next").isNull()).isTrue();
    assertThat(ids(get("/v1/chats?handle=eve&character=Mara").body())).containsExactly("1", "2");

    Answer refused = get("/v1/chats?limit=0");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body().path("field").asString()).isEqualTo("limit");
    assertThat(get("/v1/chats?limit=few").status()).isEqualTo(422);
  }

  private static List<String> ids(JsonNode page) {
    return page.path("chats").valueStream().map(chat -> chat.path("chat_id").asString()).toList();
  }

  @Test
  void without_kafka_the_answer_says_so() {
    start("127.0.0.1:1");

    Answer refused = get("/v1/snapshots");

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.body().path("detail").asString()).contains("cannot be read from Kafka");
  }
}
