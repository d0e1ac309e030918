package dev.tavernmem0.watcher.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.kafka.MaxRecordSize;
import dev.tavernmem0.service.kafka.KafkaClients;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** State as earlier versions stored it: every key in the order that its JVM happened to have. */
class StoredOffsetsIT {
  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  /** The kinds of partitions of those versions. */
  private static final List<Map<String, String>> PARTITIONS =
      List.of(
          Map.of("tavern", "tavern", "kind", "snapshot"),
          Map.of("tavern", "tavern", "kind", "directories"),
          Map.of("tavern", "tavern", "kind", "files", "directory", "eve/Zoë \"Z\"", "block", "7"),
          Map.of("tavern", "tavern", "kind", "turns", "chat", "eve:1-2", "block", "0"));

  private final OffsetFormat format = new OffsetFormat("tavern");

  static IntStream orders() {
    return IntStream.range(0, 24);
  }

  @ParameterizedTest(name = "order {0}")
  @MethodSource("orders")
  void the_newest_wins_in_whatever_order_its_names_are_and_is_the_only_one_afterwards(int newest) {
    String topic = KAFKA.createTopic("offsets-" + newest + "-" + System.nanoTime(), 1);
    try (TavernProducer producer = producer()) {
      producer.takeOver();
      for (Map<String, String> partition : PARTITIONS) {
        List<byte[]> spellings = spellings(partition);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        spellings.forEach(key -> records.add(new ProducerRecord<>(topic, key, json("old"))));
        byte[] last = spellings.get(newest % spellings.size());
        records.add(new ProducerRecord<>(topic, last, json("new")));
        assertThat(producer.publish(records)).isEmpty();
      }

      StoredOffsets before = read(topic);
      assertThat(before.values()).isEqualTo(expected());
      assertThat(producer.publish(before.corrections())).isEmpty();
    }

    assertThat(read(topic).values()).isEqualTo(expected());
    assertThat(read(topic).corrections()).isEmpty();
    assertThat(compacted(topic)).isEqualTo(expected());
  }

  @Test
  void offsets_of_other_connectors_and_records_that_are_no_offsets_are_left_alone() {
    String topic = KAFKA.createTopic("offsets-others-" + System.nanoTime(), 1);
    byte[] other =
        "[\"other\",{\"tavern\":\"x\",\"kind\":\"snapshot\"}]".getBytes(StandardCharsets.UTF_8);
    byte[] noKey = "{ what".getBytes(StandardCharsets.UTF_8);
    try (TavernProducer producer = producer()) {
      producer.takeOver();
      producer.publish(
          List.of(
              new ProducerRecord<>(topic, other, json("other")),
              new ProducerRecord<>(topic, noKey, json("none")),
              new ProducerRecord<>(topic, null, json("none"))));
    }

    assertThat(read(topic).values()).isEmpty();
    assertThat(read(topic).corrections()).isEmpty();
  }

  @Test
  void an_offset_that_was_removed_is_not_there() {
    String topic = KAFKA.createTopic("offsets-removed-" + System.nanoTime(), 1);
    byte[] key = format.key(PARTITIONS.get(0));
    try (TavernProducer producer = producer()) {
      producer.takeOver();
      producer.publish(List.of(new ProducerRecord<>(topic, key, json("value"))));
      producer.publish(List.of(new ProducerRecord<>(topic, key, format.value(null))));
    }

    assertThat(read(topic).values()).isEmpty();
  }

  @Test
  void keys_and_values_are_those_of_kafka_connect_with_the_names_in_order() {
    assertThat(new String(format.key(PARTITIONS.get(3)), StandardCharsets.UTF_8))
        .isEqualTo(
            "[\"tavern\",{\"block\":\"0\",\"chat\":\"eve:1-2\",\"kind\":\"turns\",\"tavern\":\"tavern\"}]");
    assertThat(new String(format.value(Map.of("turns", "a", "next", 3L)), StandardCharsets.UTF_8))
        .isEqualTo("{\"next\":3,\"turns\":\"a\"}");
  }

  private static TavernProducer producer() {
    Map<String, Object> settings = Map.of("bootstrap.servers", KAFKA.bootstrapServers());
    return new TavernProducer(
        "tavern",
        new KafkaClients(settings, settings, settings, new SimpleMeterRegistry()),
        MaxRecordSize.BYTES);
  }

  private StoredOffsets read(String topic) {
    return StoredOffsets.read(Map.of("bootstrap.servers", KAFKA.bootstrapServers()), topic, format);
  }

  private Map<ByteBuffer, ByteBuffer> expected() {
    Map<ByteBuffer, ByteBuffer> expected = new TreeMap<>();
    PARTITIONS.forEach(
        partition ->
            expected.put(ByteBuffer.wrap(format.key(partition)), ByteBuffer.wrap(json("new"))));
    return expected;
  }

  /** What compaction leaves. */
  private static Map<ByteBuffer, ByteBuffer> compacted(String topic) {
    Map<ByteBuffer, ByteBuffer> left = new TreeMap<>();
    for (ConsumerRecord<String, byte[]> record : KAFKA.reader().records(topic)) {
      ByteBuffer key = ByteBuffer.wrap(record.key().getBytes(StandardCharsets.UTF_8));
      if (record.value() == null) {
        left.remove(key);
      } else {
        left.put(key, ByteBuffer.wrap(record.value()));
      }
    }
    return left;
  }

  private static byte[] json(String value) {
    return ("{\"value\":\"" + value + "\"}").getBytes(StandardCharsets.UTF_8);
  }

  /** A key with its names in every order, as Connect spells it. */
  private List<byte[]> spellings(Map<String, String> partition) {
    return permutations(List.copyOf(partition.keySet())).stream()
        .map(
            names -> {
              Map<String, String> ordered = new LinkedHashMap<>();
              names.forEach(name -> ordered.put(name, partition.get(name)));
              return format.converter().fromConnectData("", null, List.of("tavern", ordered));
            })
        .toList();
  }

  private static List<List<String>> permutations(List<String> names) {
    if (names.isEmpty()) {
      return List.of(List.of());
    }
    List<List<String>> all = new ArrayList<>();
    for (String first : names) {
      List<String> rest = new ArrayList<>(names);
      rest.remove(first);
      for (List<String> tail : permutations(rest)) {
        List<String> order = new ArrayList<>(List.of(first));
        order.addAll(tail);
        all.add(order);
      }
    }
    return all;
  }
}
