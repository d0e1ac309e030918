package dev.tavernmem0.testkit.kafka;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.kafka.MaxRecordSize;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;

/**
 * Reads whole topics, outside of any consumer group. Every call reads what is committed, from the
 * beginning to the end of the topic as it is at the call. Records of one partition (so of one chat)
 * are in order. Thread-safe.
 */
public final class TopicReader {
  private static final Duration POLL = Duration.ofMillis(50);

  private final String bootstrapServers;

  public TopicReader(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
  }

  /** The events of {@link Topics#TURNS}, without the records that erase others. */
  public List<TurnEvent> turnEvents() {
    return records(Topics.TURNS).stream()
        .filter(record -> record.value() != null)
        .map(record -> TurnEventCodec.decode(record.value()))
        .toList();
  }

  /** The entries of {@link Topics#LEDGER}, every state of every batch. */
  public List<LedgerEntry> ledgerEntries() {
    return records(Topics.LEDGER).stream()
        .filter(record -> record.value() != null)
        .map(record -> LedgerCodec.decode(record.value()))
        .toList();
  }

  /** The ledger as compaction leaves it: the latest state of each batch, by the record's key. */
  public Map<String, LedgerEntry> ledger() {
    Map<String, LedgerEntry> latest = new LinkedHashMap<>();
    for (ConsumerRecord<String, byte[]> record : records(Topics.LEDGER)) {
      latest.remove(record.key());
      if (record.value() != null) {
        latest.put(record.key(), LedgerCodec.decode(record.value()));
      }
    }
    return latest;
  }

  /**
   * Waits until the turn events are as wanted.
   *
   * @return the events that satisfied the condition
   */
  public List<TurnEvent> awaitTurnEvents(Duration atMost, Predicate<List<TurnEvent>> wanted) {
    return Awaitility.await("turn events")
        .atMost(atMost)
        .pollInterval(POLL)
        .until(this::turnEvents, wanted);
  }

  /** As {@link #awaitTurnEvents}, for {@link #ledger()}. */
  public Map<String, LedgerEntry> awaitLedger(
      Duration atMost, Predicate<Map<String, LedgerEntry>> wanted) {
    return Awaitility.await("ledger").atMost(atMost).pollInterval(POLL).until(this::ledger, wanted);
  }

  /** Everything in a topic; empty if the topic is. */
  public List<ConsumerRecord<String, byte[]>> records(String topic) {
    try (KafkaConsumer<String, byte[]> consumer = consumer()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          TopicPartition partition = new TopicPartition(topic, record.partition());
          if (record.offset() < ends.getOrDefault(partition, 0L)) {
            records.add(record);
          }
        }
      }
      return records;
    }
  }

  private KafkaConsumer<String, byte[]> consumer() {
    Map<String, Object> config =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            100,
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
            MaxRecordSize.BYTES,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed");
    return new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
  }
}
