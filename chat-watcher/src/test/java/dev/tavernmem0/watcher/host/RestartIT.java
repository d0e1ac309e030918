package dev.tavernmem0.watcher.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.kafka.MaxRecordSize;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.service.kafka.KafkaClients;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedCharacter;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import io.debezium.embedded.KafkaConnectUtil;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.storage.Converter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Starts in JVMs of their own on one state: within one JVM, maps always iterate in one order.
 * {@code -Dwatcher.starts=8} takes that many.
 */
class RestartIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int STARTS = Integer.getInteger("watcher.starts", 3);

  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  @TempDir private Path directory;

  @BeforeEach
  void freshTopics() {
    KAFKA.freshTopics(2);
  }

  private WatcherProcess start() {
    return WatcherProcess.start(KAFKA.bootstrapServers(), directory.resolve("data"));
  }

  @Test
  void a_start_without_a_changed_file_publishes_nothing_and_one_with_changes_exactly_those() {
    SimulatedUser user = SillyTavernSimulator.at(directory.resolve("data")).user("default-user");
    SimulatedCharacter mara = user.character("Mara", "Welcome.");
    List<SimulatedChat> chats = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      SimulatedChat chat = user.newChat(mara);
      chat.ask("Question " + i, "Answer " + i);
      chats.add(chat);
    }
    int known = 4 * 3;
    try (WatcherProcess first = start()) {
      first.stop();
    }
    assertThat(KAFKA.reader().turnEvents()).hasSize(known);

    for (int i = 0; i < STARTS; i++) {
      try (WatcherProcess watcher = start()) {
        watcher.stop();
      }
      assertThat(KAFKA.reader().turnEvents()).as("after start %d", i + 1).hasSize(known);
    }

    chats.get(0).edit(1, "Edited while it was down.");
    chats.get(1).delete(2);
    chats.get(2).rename("Renamed while it was down");
    chats.get(3).delete();
    int changes = 1 + 1 + 3;
    try (WatcherProcess watcher = start()) {
      await().atMost(SOON).until(() -> KAFKA.reader().turnEvents().size() >= known + changes);
      watcher.stop();
    }
    try (WatcherProcess watcher = start()) {
      watcher.stop();
    }

    List<TurnEvent> events = KAFKA.reader().turnEvents();
    String deleted = "default-user:" + chats.get(3).integrity();
    assertThat(events.stream().filter(event -> event.op() != Op.READ))
        .extracting(
            event -> event.source().chatId(), TurnEvent::op, event -> event.source().cause())
        .containsExactlyInAnyOrder(
            tuple("default-user:" + chats.get(0).integrity(), Op.UPDATE, Cause.EDIT),
            tuple("default-user:" + chats.get(1).integrity(), Op.DELETE, Cause.DELETE),
            tuple(deleted, Op.DELETE, Cause.CHAT_DELETED),
            tuple(deleted, Op.DELETE, Cause.CHAT_DELETED),
            tuple(deleted, Op.DELETE, Cause.CHAT_DELETED));
  }

  @Test
  void state_that_an_earlier_version_stored_under_other_orders_of_names_is_read_and_corrected() {
    SimulatedUser user = SillyTavernSimulator.at(directory.resolve("data")).user("default-user");
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    try (WatcherProcess first = start()) {
      chat.ask("Hello?", "Yes.");
      awaitEvents(3);
      first.stop();
    }
    Map<String, byte[]> oldest = new LinkedHashMap<>();
    Map<String, byte[]> newest = new LinkedHashMap<>();
    for (ConsumerRecord<String, byte[]> record : offsets()) {
      oldest.putIfAbsent(record.key(), record.value());
      newest.put(record.key(), record.value());
    }
    List<ProducerRecord<byte[], byte[]>> mixed = new ArrayList<>();
    oldest.forEach((key, value) -> mixed.add(offset(key.getBytes(UTF_8), value)));
    newest.forEach((key, value) -> mixed.add(offset(backwards(key), value)));
    Map<String, Object> client = Map.of("bootstrap.servers", KAFKA.bootstrapServers());
    try (TavernProducer earlier =
        new TavernProducer(
            "tavern",
            new KafkaClients(client, client, client, new SimpleMeterRegistry()),
            MaxRecordSize.BYTES)) {
      earlier.takeOver();
      earlier.publish(mixed);
    }

    try (WatcherProcess again = start()) {
      again.stop();
    }

    assertThat(KAFKA.reader().turnEvents()).hasSize(3);
    Map<String, byte[]> left = new LinkedHashMap<>();
    offsets().forEach(record -> left.put(record.key(), record.value()));
    left.values().removeIf(Objects::isNull);
    assertThat(left.keySet()).containsExactlyInAnyOrderElementsOf(newest.keySet());
  }

  private static List<ConsumerRecord<String, byte[]>> offsets() {
    return KAFKA.reader().records(Topics.WATCHER_OFFSETS);
  }

  private static ProducerRecord<byte[], byte[]> offset(byte[] key, byte[] value) {
    return new ProducerRecord<>(Topics.WATCHER_OFFSETS, key, value);
  }

  /** The key with its names in the opposite order, as Connect spells it. */
  private static byte[] backwards(String key) {
    Converter converter = KafkaConnectUtil.converterForOffsetStore();
    List<?> parts = (List<?>) converter.toConnectData("", key.getBytes(UTF_8)).value();
    Map<String, Object> partition = new TreeMap<>(Comparator.reverseOrder());
    ((Map<?, ?>) parts.get(1)).forEach((name, value) -> partition.put((String) name, value));
    return converter.fromConnectData("", null, List.of(parts.get(0), partition));
  }

  @Test
  void a_watcher_that_was_frozen_while_another_took_over_publishes_nothing_more_and_says_so() {
    SimulatedUser user = SillyTavernSimulator.at(directory.resolve("data")).user("default-user");
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome."));
    try (WatcherProcess frozen = start()) {
      frozen.freeze();
      try (WatcherProcess second = start()) {
        chat.send("Hello?");
        awaitEvents(2);

        frozen.thaw();

        await().atMost(SOON).until(() -> "FENCED".equals(frozen.status().get("engine")));
        assertThat(frozen.readiness()).isEqualTo(503);
        assertThat(String.valueOf(frozen.status().get("last_error")))
            .contains("another watcher", "\"tavern\"", "has taken over");
        chat.reply("Yes.");
        awaitEvents(3);
        assertThat(second.status().get("engine")).isEqualTo("RUNNING");
        assertThat(frozen.status().get("engine")).isEqualTo("FENCED");
        assertThat(frozen.status().get("events")).isEqualTo(1);
      }
    }
    assertThat(KAFKA.reader().turnEvents())
        .extracting(event -> event.after().text())
        .containsExactly("Welcome.", "Hello?", "Yes.");
  }

  private static void awaitEvents(int count) {
    await().atMost(SOON).until(() -> KAFKA.reader().turnEvents().size() >= count);
  }
}
