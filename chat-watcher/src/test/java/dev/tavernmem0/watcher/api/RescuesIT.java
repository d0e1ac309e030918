package dev.tavernmem0.watcher.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import dev.tavernmem0.watcher.ChatWatcherApplication;
import dev.tavernmem0.watcher.chatfile.ChatFile;
import dev.tavernmem0.watcher.chatfile.Line;
import dev.tavernmem0.watcher.rescue.ChatSummaries;
import dev.tavernmem0.watcher.rescue.TurnReader;
import dev.tavernmem0.watcher.view.TurnLog;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** Chats are rebuilt from the log on a real broker, as the service answers. */
class RescuesIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Instant MONDAY = Instant.parse("2026-11-02T09:00:00Z");
  private static final Instant TUESDAY = Instant.parse("2026-11-03T09:00:00Z");
  private static final List<Line> BEGINNING =
      List.of(Line.ai("Welcome.", 0), Line.user("I live in Prague. 猫\u2028", 1));

  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  @TempDir private Path root;
  private ConfigurableApplicationContext watcher;

  @AfterEach
  void stop() {
    watcher.close();
  }

  private void start(String servers, String... more) {
    watcher =
        ChatWatcherApplication.builder()
            .registerShutdownHook(false)
            .run(
                Stream.concat(
                        Stream.of(
                            "--server.port=0",
                            "--spring.kafka.bootstrap-servers=" + servers,
                            "--tavern.watcher.connector.data.root=" + root,
                            "--tavern.watcher.connector.rename.window.ms=100"),
                        Arrays.stream(more))
                    .toArray(String[]::new));
  }

  private void startWatching(String... more) throws Exception {
    start(KAFKA.bootstrapServers(), more);
    await()
        .atMost(SOON)
        .until(() -> "done".equals(json(get("/v1/status")).path("snapshot").asString("")));
  }

  private HttpResponse<String> get(String path) throws Exception {
    int port = ((WebServerApplicationContext) watcher).getWebServer().getPort();
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Json.MAPPER.readTree(response.body());
  }

  private HttpResponse<String> rescue(String chatId, String query) throws Exception {
    return get("/v1/rescues/" + URLEncoder.encode(chatId, StandardCharsets.UTF_8) + query);
  }

  private JsonNode listed(String query, String chatId) throws Exception {
    return json(get("/v1/rescues" + query))
        .path("chats")
        .valueStream()
        .filter(chat -> chat.path("chat_id").asString().equals(chatId))
        .findFirst()
        .orElseGet(Json.MAPPER::createObjectNode);
  }

  private Path save(String character, String integrity, Instant at, List<Line> lines)
      throws Exception {
    Path directory = Files.createDirectories(root.resolve("eve/chats").resolve(character));
    Path temporary = Files.writeString(directory.resolve("1.jsonl.7"), Line.chat(integrity, lines));
    Files.setLastModifiedTime(temporary, FileTime.from(at));
    return Files.move(
        temporary,
        directory.resolve(character + " ☕.jsonl"),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void a_chat_is_had_back_as_it_was_at_any_time_also_when_it_is_gone_and_after_a_restart()
      throws Exception {
    KAFKA.freshTopics(1);
    List<Line> more = Stream.concat(BEGINNING.stream(), Stream.of(Line.ai("Oh!", 2))).toList();
    Path file = save("Mara", "0b1c", MONDAY, BEGINNING);
    save("Rust", "77", MONDAY, List.of(Line.user("Another chat.", 3)));
    startWatching();
    save("Mara", "0b1c", TUESDAY, more);
    await().atMost(SOON).until(() -> listed("", "eve:0b1c").path("turns").asInt() == 3);
    Files.delete(file);
    await().atMost(SOON).until(() -> listed("", "eve:0b1c").path("deleted_at").isString());

    HttpResponse<String> rescued = rescue("eve:0b1c", "");

    assertThat(rescued.statusCode()).isEqualTo(200);
    assertThat(rescued.body()).isEqualTo(Line.chat("0b1c", more));
    Map<String, List<String>> headers = rescued.headers().map();
    assertThat(headers.get("content-type")).containsExactly("application/jsonl");
    assertThat(headers.get("content-disposition").get(0))
        .contains("attachment", "filename*=UTF-8''Mara%20%E2%98%95.jsonl");
    assertThat(headers.get("x-tavern-turns")).containsExactly("3");
    assertThat(headers.get("x-tavern-rebuilt-turns")).containsExactly("0");
    assertThat(headers.get("x-tavern-unreadable-records")).containsExactly("0");
    assertThat(headers.get("x-tavern-saved-at")).containsExactly(TUESDAY.toString());
    assertThat(headers.get("x-tavern-deleted-at")).hasSize(1);
    HttpResponse<String> monday = rescue("eve:0b1c", "?at=2026-11-02T10:00:00%2B01:00");
    assertThat(monday.body()).isEqualTo(Line.chat("0b1c", BEGINNING));
    assertThat(monday.headers().map()).doesNotContainKey("x-tavern-deleted-at");
    JsonNode mara = listed("?handle=eve&character=Mara", "eve:0b1c");
    assertThat(mara.path("chat_file").asString()).isEqualTo("Mara ☕.jsonl");
    assertThat(mara.path("raw_turns").asInt()).isEqualTo(3);
    assertThat(mara.path("first_saved_at").asString()).isEqualTo(MONDAY.toString());
    assertThat(mara.path("last_saved_at").asString()).isEqualTo(TUESDAY.toString());
    assertThat(listed("?character=Mara", "eve:77")).isEmpty();
    assertThat(listed("?handle=adam", "eve:0b1c")).isEmpty();

    publishWhatIsNoEvent("eve:0b1c");
    watcher.close();
    save("Teo", "88", MONDAY, BEGINNING);
    startWatching("--tavern.watcher.connector.include.raw=false");

    HttpResponse<String> again = rescue("eve:0b1c", "");
    assertThat(again.body()).isEqualTo(rescued.body());
    assertThat(again.headers().map().get("x-tavern-unreadable-records")).containsExactly("1");
    assertThat(listed("", "eve:88").path("raw_turns").asInt()).isZero();
    HttpResponse<String> withoutRaw = rescue("eve:88", "");
    assertThat(withoutRaw.headers().map().get("x-tavern-rebuilt-turns")).containsExactly("2");
    ChatFile rebuilt = Line.file(withoutRaw.body());
    assertThat(rebuilt.contents()).isEqualTo(Line.file(BEGINNING).contents());
    assertThat(rebuilt.header().integrity()).isEqualTo("88");
    whatCannotBeHadIsRefusedWithTheReason();
    theLogIsReadForOneAtATime();
  }

  private void theLogIsReadForOneAtATime() {
    TurnLog log = watcher.getBean(TurnLog.class);
    ChatSummaries nobody = new ChatSummaries("nobody", null);
    TurnReader greedy =
        new TurnReader() {
          @Override
          public boolean wants(String chatId) {
            assertThatThrownBy(() -> log.read(nobody)).isInstanceOf(TurnLog.BusyException.class);
            return false;
          }

          @Override
          public void event(TurnEvent event) {
            throw new IllegalStateException("it was not wanted");
          }
        };

    assertThat(log.read(greedy)).isZero();
    assertThat(log.read(nobody)).as("afterwards").isEqualTo(1);
  }

  private void whatCannotBeHadIsRefusedWithTheReason() throws Exception {
    HttpResponse<String> unknown = rescue("eve:none", "");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(json(unknown).path("type").asString()).endsWith(":no-such-chat");
    assertThat(json(unknown).path("value").asString()).isEqualTo("eve:none");
    HttpResponse<String> early = rescue("eve:0b1c", "?at=2026-11-01T00:00:00Z");
    assertThat(early.statusCode()).isEqualTo(422);
    assertThat(json(early).path("fix").asString()).contains(MONDAY.toString());
    for (String wrong : List.of("yesterday", "2026-11-01", "%2B999999999-01-01T00:00:00Z")) {
      HttpResponse<String> refused = rescue("eve:0b1c", "?at=" + wrong);
      assertThat(refused.statusCode()).as(wrong).isEqualTo(422);
      assertThat(json(refused).path("field").asString()).isEqualTo("at");
      assertThat(json(refused).path("fix").asString()).contains("2025-12-28T09:00:00Z");
    }
  }

  private static void publishWhatIsNoEvent(String chatId) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", KAFKA.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  Topics.TURNS,
                  chatId.getBytes(StandardCharsets.UTF_8),
                  "{".getBytes(StandardCharsets.UTF_8)))
          .get();
    }
  }

  @Test
  void without_kafka_the_answer_says_so() throws Exception {
    start("127.0.0.1:1");

    HttpResponse<String> refused = rescue("eve:0b1c", "");

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(json(refused).path("detail").asString())
        .contains("the log of turns cannot be read from Kafka");
  }
}
