package dev.tavernmem0.watcher.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.curation.CurationCodec;
import dev.tavernmem0.common.curation.TurnsForgotten;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.testkit.kafka.RawProducer;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import dev.tavernmem0.watcher.ChatWatcherApplication;
import dev.tavernmem0.watcher.chatfile.Line;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Damage to the log and to the watcher's state is found, and what is told mends it. */
class DifferencesIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String GHOST = "eve:ghost";

  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  @TempDir private Path root;
  private ConfigurableApplicationContext watcher;

  @AfterEach
  void stop() {
    watcher.close();
  }

  private void start(String servers) {
    watcher =
        ChatWatcherApplication.builder()
            .registerShutdownHook(false)
            .run(
                "--server.port=0",
                "--spring.kafka.bootstrap-servers=" + servers,
                "--tavern.watcher.connector.data.root=" + root,
                "--tavern.watcher.connector.poll.interval.ms=100",
                "--tavern.watcher.connector.settle.file.ms=100",
                "--tavern.watcher.connector.rename.window.ms=100");
  }

  private void startWatching() throws Exception {
    start(KAFKA.bootstrapServers());
    await()
        .atMost(SOON)
        .until(() -> "done".equals(get("/v1/status").path("snapshot").asString("")));
  }

  private HttpResponse<String> send(HttpRequest.Builder request, String path) throws Exception {
    int port = ((WebServerApplicationContext) watcher).getWebServer().getPort();
    return HttpClient.newHttpClient()
        .send(
            request.uri(URI.create("http://127.0.0.1:" + port + path)).build(),
            BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private JsonNode get(String path) throws Exception {
    return Json.MAPPER.readTree(send(HttpRequest.newBuilder(), path).body());
  }

  private Map<String, Integer> counts() throws Exception {
    Map<String, Integer> counts = new TreeMap<>();
    get("/v1/differences")
        .path("counts")
        .forEachEntry((kind, count) -> counts.put(kind, count.asInt()));
    return counts;
  }

  private JsonNode post(String path) throws Exception {
    return Json.MAPPER.readTree(
        send(HttpRequest.newBuilder().POST(BodyPublishers.noBody()), path).body());
  }

  private JsonNode awaitComparison() {
    return await()
        .atMost(SOON)
        .until(
            () -> get("/v1/comparison"),
            comparison -> !comparison.path("state").asString().equals("running"));
  }

  private void snapshot(List<String> chats) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder()
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(Json.MAPPER.writeValueAsString(Map.of("chats", chats))));
    String id = Json.MAPPER.readTree(send(request, "/v1/snapshots").body()).path("id").asString();
    await()
        .atMost(SOON)
        .until(() -> "completed".equals(get("/v1/snapshots/" + id).path("state").asString("")));
  }

  private Path save(String character, String integrity, String... texts) throws Exception {
    Path directory = Files.createDirectories(root.resolve("eve/chats").resolve(character));
    List<Line> lines = new ArrayList<>();
    for (String text : texts) {
      lines.add(Line.user(text, lines.size()));
    }
    return Files.writeString(directory.resolve(character + ".jsonl"), Line.chat(integrity, lines));
  }

  private static ObjectNode logged(String chatId, int position) {
    TurnEvent event =
        KAFKA.reader().turnEvents().stream()
            .filter(each -> each.source().chatId().equals(chatId))
            .filter(each -> Objects.requireNonNull(each.after()).position() == position)
            .findFirst()
            .orElseThrow();
    return (ObjectNode) Json.MAPPER.readTree(TurnEventCodec.encode(event));
  }

  private static ObjectNode after(ObjectNode event) {
    return (ObjectNode) event.path("after");
  }

  private static ObjectNode source(ObjectNode event) {
    return (ObjectNode) event.path("source");
  }

  /** An event that nothing in SillyTavern is behind. */
  private static void plant(ObjectNode event, String op, String cause) {
    event.put("op", op);
    source(event).put("cause", cause).put("snapshot", "false").put("save_id", "planted");
    if (!op.equals("c")) {
      event.putObject("before").put("turn_id", after(event).path("turn_id").asString());
      ((ObjectNode) event.path("before")).put("hash", "0000000000000000");
    }
    if (op.equals("d")) {
      event.putNull("after");
    }
    String chatId = source(event).path("chat_id").asString();
    append(Topics.TURNS, chatId.getBytes(StandardCharsets.UTF_8), event);
  }

  private static void append(String topic, byte[] key, JsonNode value) {
    try (RawProducer producer = new RawProducer(KAFKA.bootstrapServers())) {
      producer.append(topic, 0, key, value.isNull() ? null : Json.MAPPER.writeValueAsBytes(value));
    }
  }

  private static void loseState(String directory) {
    String key =
        KAFKA.reader().records(Topics.WATCHER_OFFSETS).stream()
            .map(ConsumerRecord::key)
            .filter(each -> each.contains("\"files\"") && each.contains(directory))
            .findFirst()
            .orElseThrow();
    append(
        Topics.WATCHER_OFFSETS,
        key.getBytes(StandardCharsets.UTF_8),
        Json.MAPPER.getNodeFactory().nullNode());
  }

  @Test
  void what_log_and_state_have_lost_or_made_up_is_found_and_a_snapshot_mends_it() throws Exception {
    KAFKA.freshTopics(1);
    save("Mara", "1", "I live in Prague.", "It rains.");
    save("Rust", "2", "Hello.", "Good bye.");
    save("Teo", "3", "We sail.");
    save("Nora", "4", "We stay.");
    startWatching();
    await().atMost(SOON).until(() -> get("/v1/differences").path("turns").asInt() == 6);

    JsonNode healthy = get("/v1/differences");
    assertThat(healthy.path("counts")).isEmpty();
    assertThat(healthy.path("differences")).isEmpty();
    assertThat(healthy.path("files").asInt()).isEqualTo(4);
    assertThat(healthy.path("busy").asInt()).isZero();
    assertThat(healthy.path("not_compared").asInt()).isZero();
    assertThat(get("/v1/comparison").path("state").asString()).isEqualTo("none");
    assertThat(post("/v1/comparison").path("state").asString()).isEqualTo("running");
    JsonNode compared = awaitComparison();
    assertThat(compared.path("differences")).isEqualTo(healthy);
    assertThat(compared.path("records_read").asInt())
        .isEqualTo(compared.path("records").asInt())
        .isPositive();

    ObjectNode extra = logged("eve:1", 1);
    after(extra).put("turn_id", "00000000000000aa").put("position", 2).put("text", "It snows.");
    plant(extra, "c", "append");
    ObjectNode words = logged("eve:1", 0);
    after(words).put("text", "I live in Rome.");
    plant(words, "u", "edit");
    plant(logged("eve:2", 1), "d", "delete");
    plant(logged("eve:3", 0), "d", "chat-deleted");
    loseState("eve/chats/Nora");
    ObjectNode ghost = logged("eve:1", 0);
    source(ghost).put("chat_id", GHOST).put("chat_file", "Ghost.jsonl");
    plant(ghost, "c", "append");

    JsonNode damaged = get("/v1/differences?limit=5");
    assertThat(damaged.path("counts").size()).as("%s", damaged).isEqualTo(6);
    assertThat(damaged.path("counts"))
        .allSatisfy(count -> assertThat(count.asInt()).as("%s", damaged).isEqualTo(1));
    assertThat(damaged.path("counts").propertyNames())
        .containsExactlyInAnyOrder(
            "turn-not-in-file",
            "stale",
            "turn-not-in-log",
            "chat-not-in-log",
            "not-tracked",
            "file-gone");
    assertThat(damaged.path("differences").findValuesAsString("chat_id"))
        .containsExactlyInAnyOrder("eve:1", "eve:1", "eve:2", "eve:3", "eve:4", GHOST);
    assertThat(damaged.path("differences").findValuesAsString("turn_id"))
        .contains("00000000000000aa", after(words).path("turn_id").asString());
    assertThat(damaged.toString()).doesNotContain("Prague", "Rome");

    snapshot(List.of("eve:1", "eve:2", "eve:3", "eve:4", GHOST));

    assertThat(counts()).as("after a snapshot").isEqualTo(Map.of("file-gone", 1));
    watcher.close();
    startWatching();
    assertThat(counts()).as("after a restart").isEqualTo(Map.of("file-gone", 1));
    aChatWithoutAFileIsDeletedWhenThatIsAskedFor();
    aChatIsDeletedWhereItIsNoMore();
  }

  private HttpResponse<String> delete(String body) throws Exception {
    return send(
        HttpRequest.newBuilder()
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)),
        "/v1/deletions");
  }

  private JsonNode delete(List<String> chats) throws Exception {
    HttpResponse<String> answer = delete(Json.MAPPER.writeValueAsString(Map.of("chats", chats)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return Json.MAPPER.readTree(answer.body());
  }

  private void awaitNoDifference() {
    await().atMost(SOON).untilAsserted(() -> assertThat(counts()).isEmpty());
  }

  private void aChatWithoutAFileIsDeletedWhenThatIsAskedFor() throws Exception {
    assertThat(delete("{}").statusCode()).isEqualTo(422);
    assertThat(delete("{\"chats\":[]}").statusCode()).isEqualTo(422);
    assertThat(delete("{\"chats\":[\"\"]}").statusCode()).isEqualTo(422);
    assertThat(delete("{\"chat\":\"eve:ghost\"}").statusCode()).isEqualTo(422);
    assertThat(delete(List.of("eve:1")).path("chats").asInt()).as("one that is there").isZero();

    JsonNode deleted = delete(List.of("eve:1", GHOST));

    assertThat(deleted.path("chats").asInt()).isEqualTo(1);
    assertThat(deleted.path("turns").asInt()).isEqualTo(1);
    awaitNoDifference();
    String rescued = send(HttpRequest.newBuilder(), "/v1/rescues/" + GHOST).body();
    assertThat(rescued).as("it can still be had back").contains("Prague");
    save("Ghost", "ghost", "I am back.");
    await().atMost(SOON).until(() -> tracks(GHOST));
    awaitNoDifference();
  }

  private void aChatIsDeletedWhereItIsNoMore() throws Exception {
    ObjectNode before = logged("eve:2", 0);
    source(before).put("character", "Old Rust").put("scope", "Old Rust");
    plant(before, "c", "append");
    assertThat(counts()).isEqualTo(Map.of("file-gone", 1));

    assertThat(delete(List.of("eve:2")).path("chats").asInt()).isEqualTo(1);

    awaitNoDifference();
    assertThat(get("/v1/chats").path("chats").size()).as("all chats that there are").isEqualTo(5);
  }

  private boolean tracks(String chatId) throws Exception {
    return get("/v1/chats").path("chats").findValuesAsString("chat_id").contains(chatId);
  }

  @Test
  void what_a_user_has_forgotten_is_not_missed_and_not_had_back_though_the_log_has_it_yet()
      throws Exception {
    KAFKA.freshTopics(1);
    save("Mara", "1", "I live in Prague.", "It rains.", "It snows.");
    startWatching();
    await().atMost(SOON).until(() -> get("/v1/differences").path("turns").asInt() == 3);
    String turnId = after(logged("eve:1", 1)).path("turn_id").asString();
    TurnsForgotten decision =
        new TurnsForgotten(
            Scope.of(
                TurnEventCodec.decode(Json.MAPPER.writeValueAsBytes(logged("eve:1", 1))).source()),
            "eve:1",
            "f1",
            0,
            List.of(turnId),
            1);
    append(
        Topics.CURATION,
        decision.key().bytes(),
        Json.MAPPER.readTree(CurationCodec.encode(decision)));

    String rescued = send(HttpRequest.newBuilder(), "/v1/rescues/eve:1").body();
    assertThat(rescued).contains("Prague", "snows").doesNotContain("rains");
    assertThat(counts()).isEmpty();

    ObjectNode gone = logged("eve:1", 2);
    plant(gone, "d", "delete");
    assertThat(counts()).as("more is missing than was forgotten").isNotEmpty();
  }

  @Test
  void what_cannot_be_compared_is_refused_with_the_reason() throws Exception {
    start("127.0.0.1:1");

    HttpResponse<String> refused = send(HttpRequest.newBuilder(), "/v1/differences");
    HttpResponse<String> wrong = send(HttpRequest.newBuilder(), "/v1/differences?limit=-1");

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("cannot be read from Kafka");
    assertThat(wrong.statusCode()).isEqualTo(422);
    assertThat(wrong.body()).contains("\"limit\"");
    post("/v1/comparison");
    JsonNode failed = awaitComparison();
    assertThat(failed.path("state").asString()).isEqualTo("failed");
    assertThat(failed.path("failure").asString()).contains("cannot be read from Kafka");
  }
}
