package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.writer.replay.Replay;
import dev.tavernmem0.writer.replay.ReplayPart;
import dev.tavernmem0.writer.replay.ReplayRecords;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * The replays of this group of writers, and how far they are. Keys are {@code group/id} for what an
 * operator wants, {@code group/id/partition} for how far that is, and {@code
 * group/id/partition/number} for the batches selected; a record without a value removes. So all
 * writers of the group know, also those that start later. Thread-safe.
 */
public final class ReplayLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayLog.class);

  /** Batch ids of one record; it stays far below what a record can hold. */
  private static final int BATCHES_PER_RECORD = 5000;

  private final OperationsTopic topic;
  private final Map<String, Replay> replays = new HashMap<>();
  private final Map<String, Map<Integer, ReplayPart>> parts = new HashMap<>();
  private final Map<String, Map<Integer, Map<Integer, List<String>>>> batches = new HashMap<>();
  private ReplayRecords latest = ReplayRecords.NONE;

  /** What was taken in is not in the latest yet. */
  private boolean news;

  private record Batches(List<String> batchIds) {}

  /**
   * The replays of the clients' group.
   *
   * @param producer stays the caller's
   */
  public ReplayLog(WriterClients clients, Producer<byte[], byte @Nullable []> producer) {
    this.topic = new OperationsTopic(clients, producer, Topics.REPLAYS, "replays");
  }

  /** How many partitions the turns have. */
  public synchronized int partitions() {
    return topic.partitionsOf(Topics.TURNS);
  }

  /**
   * What is known until now; the same object if nothing is new.
   *
   * @throws org.apache.kafka.common.KafkaException if the topic cannot be read now
   */
  public synchronized ReplayRecords now() {
    news |= topic.readOn(this::take);
    if (news) {
      latest = new ReplayRecords(replays, parts, batches);
      news = false;
    }
    return latest;
  }

  private void take(ConsumerRecord<byte[], byte[]> record, String[] key) {
    try {
      take(key, record.value());
    } catch (JacksonException | NumberFormatException e) {
      LOG.warn(
          "{} offset {} is no record of a replay, and is skipped: {}",
          topic,
          record.offset(),
          e.getClass().getSimpleName());
    }
  }

  private void take(String[] key, byte @Nullable [] value) {
    String id = key[0];
    if (key.length == 1) {
      Replay replay = read(value, Replay.class);
      if (replay != null && replay.version() != Replay.VERSION) {
        throw new NumberFormatException("version " + replay.version());
      }
      putOrRemove(replays, id, replay);
      return;
    }
    int partition = Integer.parseInt(key[1]);
    if (key.length == 2) {
      putOrRemove(
          parts.computeIfAbsent(id, of -> new HashMap<>()),
          partition,
          read(value, ReplayPart.class));
      return;
    }
    Batches selected = read(value, Batches.class);
    putOrRemove(
        batches
            .computeIfAbsent(id, of -> new HashMap<>())
            .computeIfAbsent(partition, of -> new HashMap<>()),
        Integer.parseInt(key[2]),
        selected == null ? null : List.copyOf(selected.batchIds()));
  }

  private static <K, V> void putOrRemove(Map<K, V> map, K key, @Nullable V value) {
    if (value == null) {
      map.remove(key);
    } else {
      map.put(key, value);
    }
  }

  private static <T> @Nullable T read(byte @Nullable [] value, Class<T> type) {
    return value == null ? null : Json.MAPPER.readValue(value, type);
  }

  /**
   * Says what an operator wants.
   *
   * @return completes when that is durable
   */
  public CompletableFuture<Void> put(Replay replay) {
    return append(replay.id(), Json.MAPPER.writeValueAsBytes(replay));
  }

  /** Says how far a replay is in a partition. */
  public CompletableFuture<Void> put(String id, int partition, ReplayPart part) {
    return append(id + "/" + partition, Json.MAPPER.writeValueAsBytes(part));
  }

  /**
   * Says which batches a replay selects in a partition.
   *
   * @param before in how many records that was said before
   */
  public CompletableFuture<Void> putBatches(
      String id, int partition, List<String> batchIds, int before) {
    List<CompletableFuture<Void>> records = new ArrayList<>();
    for (int from = 0; from < batchIds.size(); from += BATCHES_PER_RECORD) {
      int to = Math.min(batchIds.size(), from + BATCHES_PER_RECORD);
      byte[] value =
          Json.MAPPER.writeValueAsBytes(new Batches(List.copyOf(batchIds.subList(from, to))));
      records.add(append(id + "/" + partition + "/" + records.size(), value));
    }
    while (records.size() < before) {
      records.add(append(id + "/" + partition + "/" + records.size(), null));
    }
    return CompletableFuture.allOf(records.toArray(CompletableFuture[]::new));
  }

  /** How many records {@link #putBatches} makes of so many. */
  public static int recordsFor(List<String> batchIds) {
    return (batchIds.size() + BATCHES_PER_RECORD - 1) / BATCHES_PER_RECORD;
  }

  /** The batches selected are of no more use. */
  public CompletableFuture<Void> removeBatches(String id, int partition, int records) {
    List<CompletableFuture<Void>> removals = new ArrayList<>();
    for (int number = 0; number < records; number++) {
      removals.add(append(id + "/" + partition + "/" + number, null));
    }
    return CompletableFuture.allOf(removals.toArray(CompletableFuture[]::new));
  }

  /** Nothing is to be known of a replay any more. */
  public CompletableFuture<Void> remove(ReplayRecords known, String id) {
    List<CompletableFuture<Void>> removals = new ArrayList<>();
    known
        .batches()
        .getOrDefault(id, Map.of())
        .forEach(
            (partition, records) -> removals.add(removeBatches(id, partition, records.size())));
    known.parts(id).keySet().forEach(partition -> removals.add(append(id + "/" + partition, null)));
    removals.add(append(id, null));
    return CompletableFuture.allOf(removals.toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<Void> append(String key, byte @Nullable [] value) {
    return topic.append(key, value);
  }

  @Override
  public synchronized void close() {
    topic.close();
  }
}
