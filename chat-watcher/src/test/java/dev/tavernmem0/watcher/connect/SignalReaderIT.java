package dev.tavernmem0.watcher.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.kafka.TopicCreator;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.testkit.kafka.KafkaProcess;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import dev.tavernmem0.watcher.track.Signal;
import dev.tavernmem0.watcher.track.SignalCodec;
import dev.tavernmem0.watcher.track.SnapshotSelection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SignalReaderIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  @BeforeEach
  void freshTopics() {
    KAFKA.freshTopics(1);
  }

  private static SignalReader reader(@Nullable Long position) {
    return reader(KAFKA.bootstrapServers(), position);
  }

  private static SignalReader reader(String servers, @Nullable Long position) {
    return SignalReader.of(
            new ChatSourceConfig(Map.of("data.root", "data", "signals.bootstrap.servers", servers)),
            position)
        .orElseThrow();
  }

  private static void send(String key, byte[] value) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", KAFKA.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(Topics.SIGNALS, key, value)).get();
    }
  }

  private static Signal send(String id) throws Exception {
    Signal signal = new Signal.Execute(id, SnapshotSelection.ALL, 1);
    send("tavern", SignalCodec.encode(signal, 1));
    return signal;
  }

  private static List<Signal> awaitSignals(SignalReader reader, int count) {
    List<Signal> signals = new ArrayList<>();
    await()
        .atMost(SOON)
        .until(
            () -> {
              signals.addAll(reader.poll());
              return signals.size() >= count;
            });
    return signals;
  }

  @Test
  void without_brokers_no_signals_are_read() {
    assertThat(SignalReader.of(new ChatSourceConfig(Map.of("data.root", "data")), null)).isEmpty();
  }

  @Test
  void what_was_sent_before_it_first_started_is_not_obeyed_and_what_comes_after_is()
      throws Exception {
    send("old");
    try (SignalReader reader = reader(null)) {
      Signal signal = send("new");

      assertThat(awaitSignals(reader, 1)).containsExactly(signal);
    }
  }

  @Test
  void it_goes_on_where_it_was() throws Exception {
    Long position;
    try (SignalReader reader = reader(null)) {
      send("one");
      awaitSignals(reader, 1);
      position = reader.position();
    }
    Signal whileAway = send("two");

    try (SignalReader reader = reader(position)) {
      assertThat(awaitSignals(reader, 1)).containsExactly(whileAway);
    }
  }

  @Test
  void before_any_signal_has_come_it_knows_where_to_go_on() throws Exception {
    send("old");

    try (SignalReader reader = reader(null)) {
      assertThat(reader.position()).isEqualTo(1);
    }
  }

  @Test
  void of_a_topic_that_was_made_anew_every_signal_is_new() throws Exception {
    Signal signal = send("one");

    try (SignalReader reader = reader(17L)) {
      assertThat(awaitSignals(reader, 1)).containsExactly(signal);
    }
  }

  @Test
  void signals_for_another_tavern_are_left_to_it() throws Exception {
    try (SignalReader reader = reader(null)) {
      send("another", SignalCodec.encode(new Signal.Stop("a", "b"), 1));
      Signal signal = send("mine");

      assertThat(awaitSignals(reader, 1)).containsExactly(signal);
      assertThat(reader.ignored()).isZero();
    }
  }

  @Test
  void what_is_no_signal_is_counted_and_the_next_one_is_obeyed() throws Exception {
    try (SignalReader reader = reader(null)) {
      send("tavern", "nonsense".getBytes(StandardCharsets.UTF_8));
      send("tavern", "{\"id\":\"a\",\"type\":\"dance\"}".getBytes(StandardCharsets.UTF_8));
      Signal signal = send("good");

      assertThat(awaitSignals(reader, 1)).containsExactly(signal);
      assertThat(reader.ignored()).isEqualTo(2);
    }
  }

  @Test
  void while_the_broker_is_away_there_are_no_signals_and_it_comes_to_know_its_place(
      @TempDir Path directory) throws Exception {
    try (KafkaProcess kafka = KafkaProcess.start(directory)) {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
        TopicCreator.createMissing(admin, 1, (short) 1);
      }
      kafka.kill();
      try (SignalReader reader =
          SignalReader.of(
                  new ChatSourceConfig(
                      Map.of(
                          "data.root", "data",
                          "signals.bootstrap.servers", kafka.bootstrapServers(),
                          "signals.consumer.reconnect.backoff.max.ms", "100")),
                  null)
              .orElseThrow()) {
        assertThat(reader.poll()).isEmpty();
        assertThat(reader.position()).isNull();

        kafka.start();

        await().atMost(SOON).until(() -> reader.poll().isEmpty() && reader.position() != null);
      }
    }
  }
}
