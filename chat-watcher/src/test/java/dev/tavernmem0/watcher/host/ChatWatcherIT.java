package dev.tavernmem0.watcher.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.character.CharacterCodec;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.ScopePartition;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedCharacter;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import dev.tavernmem0.watcher.ChatWatcherApplication;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

/** The service on a real broker. */
class ChatWatcherIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  @TempDir private Path root;
  private ConfigurableApplicationContext watcher;

  @BeforeEach
  void freshTopics() {
    KAFKA.freshTopics(2);
  }

  @AfterEach
  void stop() {
    if (watcher != null) {
      watcher.close();
    }
  }

  private void start(String... more) {
    stop();
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.addAll(
        List.of(
            "--server.port=0",
            "--spring.kafka.bootstrap-servers=" + KAFKA.bootstrapServers(),
            "--tavern.watcher.connector.data.root=" + root.resolve("data"),
            "--tavern.watcher.restart.initial-backoff=100ms",
            "--tavern.watcher.restart.max-backoff=500ms",
            "--tavern.watcher.connector.rename.window.ms=200"));
    watcher =
        ChatWatcherApplication.builder()
            .registerShutdownHook(false)
            .run(arguments.toArray(String[]::new));
  }

  private RestClient http() {
    int port = ((WebServerApplicationContext) watcher).getWebServer().getPort();
    return RestClient.create("http://127.0.0.1:" + port);
  }

  private Map<?, ?> status() {
    return http().get().uri("/v1/status").retrieve().body(Map.class);
  }

  private void awaitCaughtUp() {
    await().atMost(SOON).until(() -> "done".equals(status().get("snapshot")));
  }

  private SimulatedUser user() {
    return SillyTavernSimulator.at(root.resolve("data")).user("default-user");
  }

  private static List<TurnEvent> awaitEvents(int count) {
    return KAFKA.reader().awaitTurnEvents(SOON, events -> events.size() >= count);
  }

  @Test
  void existing_chats_and_then_every_save_reach_the_broker_and_a_restart_repeats_nothing() {
    SimulatedUser user = user();
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    chat.ask("I live in Prague.", "A golden city.");

    start();
    assertThat(awaitEvents(3)).allMatch(event -> event.op() == Op.READ);
    awaitCaughtUp();
    chat.send("And I have a cat.");

    List<TurnEvent> events = awaitEvents(4);
    assertThat(events.get(3).op()).isEqualTo(Op.CREATE);
    assertThat(events.get(3).after().text()).isEqualTo("And I have a cat.");
    assertThat(KAFKA.reader().records(Topics.TURNS))
        .extracting(ConsumerRecord::key)
        .doesNotHaveDuplicates()
        .allMatch(key -> key.startsWith("default-user:" + chat.integrity() + "/"));

    start();
    awaitCaughtUp();
    chat.edit(1, "I live in Brno.");

    assertThat(awaitEvents(5)).hasSize(5);
    assertThat(status().get("engine")).isEqualTo("RUNNING");
    assertThat(http().get().uri("/actuator/health/readiness").retrieve().body(String.class))
        .contains("UP");
    assertThat(http().get().uri("/actuator/prometheus").retrieve().body(String.class))
        .contains("tavern_watcher_events_total", "tavern_watcher_publish_latency")
        .contains("kafka_producer_txn_commit_time_ns_total");
  }

  @Test
  void the_chats_of_a_character_share_a_partition_of_the_topic_as_it_is() {
    SimulatedUser user = user();
    List<String> names = List.of("Mara", "Nils", "Olga", "Pia");
    for (String name : names) {
      SimulatedCharacter character = user.character(name, "Welcome.");
      user.newChat(character).ask("I live in Prague.", "A golden city.");
      user.newChat(character).ask("I have a cat.", "How nice.");
    }

    start();
    awaitEvents(4 * 2 * 3);

    assertThat(KAFKA.reader().records(Topics.TURNS))
        .hasSize(4 * 2 * 3)
        .allSatisfy(
            record -> {
              Scope scope = Scope.of(TurnEventCodec.decode(record.value()).source());
              assertThat(record.partition()).isEqualTo(ScopePartition.of(scope, 2));
            });
    assertThat(KAFKA.reader().records(Topics.CHARACTERS))
        .extracting(record -> CharacterCodec.decode(record.value()).scope())
        .containsExactlyElementsOf(names);
  }

  @Test
  void a_data_root_that_appears_later_is_watched_then() throws Exception {
    start();
    await().atMost(SOON).until(() -> String.valueOf(status().get("last_error")).contains("data"));
    int readiness =
        http()
            .get()
            .uri("/actuator/health/readiness")
            .exchangeForRequiredValue((request, response) -> response.getStatusCode().value());
    assertThat(readiness).isEqualTo(503);

    Files.createDirectories(root.resolve("data"));
    SimulatedUser user = user();
    user.newChat(user.character("Mara", "Welcome.")).ask("Hello?", "Yes.");

    assertThat(awaitEvents(3)).hasSize(3);
    await().atMost(SOON).until(() -> status().get("last_error") == null);
  }

  @Test
  void a_turn_whose_line_is_too_large_for_kafka_is_published_in_order_without_the_line()
      throws Exception {
    SimulatedUser user = user();
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    chat.ask("First.", "Second.");
    chat.send("Third.");
    String text = Files.readString(chat.path());
    String huge = "\"swipes\":[\"" + "x".repeat(17 * 1024 * 1024) + "\"],\"mes\":\"Second.\"";
    Files.writeString(chat.path(), text.replace("\"mes\":\"Second.\"", huge));

    start("--tavern.watcher.connector.max.line.bytes=33554432");

    List<TurnEvent> events = awaitEvents(4);
    assertThat(events)
        .extracting(event -> event.after().text())
        .containsExactly("Welcome.", "First.", "Second.", "Third.");
    assertThat(events.get(2).source().raw()).isNull();
    assertThat(events.get(3).source().raw()).contains("Third.");
  }

  @Test
  void what_the_brokers_find_too_large_is_published_without_the_line_or_left_out_and_counted()
      throws Exception {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.TURNS);
    AlterConfigOp smaller =
        new AlterConfigOp(new ConfigEntry("max.message.bytes", "20000"), AlterConfigOp.OpType.SET);
    KAFKA.admin().incrementalAlterConfigs(Map.of(topic, List.of(smaller))).all().get();
    SimulatedUser user = user();
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    chat.ask("First.", "Long line.");
    chat.send(noise(40_000));
    chat.reply("Last.");
    Files.writeString(
        chat.path(),
        Files.readString(chat.path())
            .replace(
                "\"mes\":\"Long line.\"",
                "\"swipes\":[\"" + noise(40_000) + "\"],\"mes\":\"Long line.\""));

    start();

    List<TurnEvent> events = awaitEvents(4);
    assertThat(events)
        .extracting(event -> event.after().text())
        .containsExactly("Welcome.", "First.", "Long line.", "Last.");
    assertThat(events.get(2).source().raw()).isNull();
    awaitCaughtUp();
    assertThat(http().get().uri("/actuator/prometheus").retrieve().body(String.class))
        .contains("tavern_watcher_records_skipped_total 1.0");
    start();
    awaitCaughtUp();
    assertThat(KAFKA.reader().turnEvents()).hasSize(4);
  }

  /** Text that cannot be compressed much. */
  private static String noise(int length) {
    StringBuilder noise = new StringBuilder();
    new Random(1)
        .ints(length, 'A', 'z')
        .filter(Character::isLetter)
        .forEach(noise::appendCodePoint);
    return noise.toString();
  }

  @Test
  void lines_that_are_no_messages_show_on_the_status_page() throws Exception {
    SimulatedUser user = user();
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    chat.ask("First.", "Second.");
    Files.writeString(
        chat.path(), "\nnonsense\n{\"more\":\"nonsense\"}", StandardOpenOption.APPEND);

    start();

    awaitEvents(3);
    String file = "default-user/chats/Mara/" + chat.path().getFileName();
    await().atMost(SOON).until(() -> Map.of(file, 2).equals(status().get("bad_lines")));
  }

  @Test
  void the_time_from_a_save_to_the_acknowledgement_is_measured() {
    SimulatedUser user = user();
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    chat.ask("First.", "Yes.");
    start();
    awaitEvents(3);
    awaitCaughtUp();

    for (int i = 0; i < 50; i++) {
      int expected = 4 + i;
      chat.send("Line " + i);
      await()
          .pollInterval(Duration.ofMillis(10))
          .atMost(SOON)
          .until(() -> ((Number) status().get("events")).intValue() >= expected);
    }

    assertThat(http().get().uri("/actuator/prometheus").retrieve().body(String.class))
        .containsPattern("tavern_watcher_publish_latency_seconds\\{.*quantile=\"0.5\"")
        .containsPattern("tavern_watcher_publish_latency_seconds_count.* 50");
  }
}
