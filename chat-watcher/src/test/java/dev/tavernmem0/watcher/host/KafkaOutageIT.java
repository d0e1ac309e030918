package dev.tavernmem0.watcher.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.testkit.kafka.KafkaProcess;
import dev.tavernmem0.testkit.kafka.TopicReader;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import dev.tavernmem0.watcher.ChatWatcherApplication;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** The service while its broker is killed, is away, and comes back. */
class KafkaOutageIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private KafkaProcess kafka;
  private ConfigurableApplicationContext watcher;

  @BeforeEach
  void broker() {
    kafka = KafkaProcess.start(directory.resolve("kafka"));
  }

  @AfterEach
  void stop() {
    if (watcher != null) {
      watcher.close();
    }
    if (kafka != null) { // or the test was skipped
      kafka.close();
    }
  }

  private void start() {
    watcher =
        ChatWatcherApplication.builder()
            .registerShutdownHook(false)
            .run(
                "--server.port=0",
                "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                "--spring.kafka.properties.request.timeout.ms=1000",
                "--spring.kafka.properties.default.api.timeout.ms=2000",
                "--spring.kafka.producer.properties.delivery.timeout.ms=1500",
                "--spring.kafka.producer.properties.max.block.ms=1500",
                "--tavern.watcher.connector.data.root=" + directory.resolve("data"),
                "--tavern.watcher.restart.initial-backoff=100ms",
                "--tavern.watcher.restart.max-backoff=500ms");
  }

  private EngineSupervisor engine() {
    return watcher.getBean(EngineSupervisor.class);
  }

  private List<TurnEvent> awaitTexts(int count) {
    return new TopicReader(kafka.bootstrapServers())
        .awaitTurnEvents(SOON, events -> byTurn(events).size() >= count);
  }

  /** The last event of each turn, in the order of the first ones. */
  private static Map<String, TurnEvent> byTurn(List<TurnEvent> events) {
    Map<String, TurnEvent> byTurn = new LinkedHashMap<>();
    events.forEach(event -> byTurn.put(event.turnId(), event));
    return byTurn;
  }

  private static long adminClients() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("kafka-admin-client-thread"))
        .count();
  }

  @Test
  void what_was_saved_while_the_broker_was_away_is_published_in_order_when_it_is_back() {
    SimulatedUser user = SillyTavernSimulator.at(directory.resolve("data")).user("default-user");
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    chat.ask("One.", "Two.");
    start();
    awaitTexts(3);

    kafka.kill();
    chat.send("Three.");
    await().atMost(SOON).until(() -> engine().lastError() != null);
    chat.reply("Four.");
    chat.send("Five.");
    kafka.start();

    assertThat(byTurn(awaitTexts(6)).values())
        .extracting(event -> event.after().text())
        .containsExactly("Welcome.", "One.", "Two.", "Three.", "Four.", "Five.");
    await().atMost(SOON).until(() -> engine().state() == EngineState.RUNNING);
    assertThat(engine().lastError()).isNull();
  }

  @Test
  void engines_that_are_built_again_and_again_leave_no_clients_behind() {
    SimulatedUser user = SillyTavernSimulator.at(directory.resolve("data")).user("default-user");
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    chat.send("One.");
    start();
    awaitTexts(2);
    long before = adminClients();

    for (int i = 0; i < 3; i++) {
      kafka.kill();
      chat.send("Outage " + i);
      await().atMost(SOON).until(() -> engine().lastError() != null);
      kafka.start();
      await().atMost(SOON).until(() -> engine().state() == EngineState.RUNNING);
    }

    await().atMost(SOON).untilAsserted(() -> assertThat(adminClients()).isEqualTo(before));
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void it_stops_at_once_while_it_waits_for_the_broker() {
    SillyTavernSimulator.at(directory.resolve("data")).user("default-user");
    kafka.kill();
    start();
    await().atMost(SOON).until(() -> engine().lastError() != null);

    long started = System.nanoTime();
    watcher.close();

    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void it_stops_in_time_when_the_broker_went_while_state_was_on_its_way() {
    SimulatedUser user = SillyTavernSimulator.at(directory.resolve("data")).user("default-user");
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    start();
    await().atMost(SOON).until(() -> engine().state() == EngineState.RUNNING);
    chat.send("One.");
    awaitTexts(2);

    kafka.kill();
    long started = System.nanoTime();
    watcher.close();

    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void it_stops_while_the_engine_is_starting() {
    SillyTavernSimulator.at(directory.resolve("data")).user("default-user");
    long before = adminClients();
    for (int i = 0; i < 5; i++) {
      start();
      long started = System.nanoTime();
      watcher.close();
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(9));
    }
    // A client that was told to close still has to end.
    await().atMost(SOON).untilAsserted(() -> assertThat(adminClients()).isEqualTo(before));
  }
}
