package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.CurationCodec;
import dev.tavernmem0.common.curation.CurationKey;
import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.writer.forget.Forget;
import dev.tavernmem0.writer.forget.ForgetPart;
import dev.tavernmem0.writer.forget.ForgetRecords;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * What is to be forgotten by this group of writers, and how far that is. Keys are {@code group/id}
 * for what a user wants and {@code group/id/partition} for how far that is; a record without a
 * value removes. What it decides about turns and memories goes to the topic of decisions, which
 * holds for all groups. Thread-safe.
 */
public final class ForgetLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ForgetLog.class);

  private final WriterClients clients;
  private final OperationsTopic topic;
  private final Producer<byte[], byte @Nullable []> producer;
  private final Map<String, Forget> forgets = new HashMap<>();
  private final Map<String, Map<Integer, ForgetPart>> parts = new HashMap<>();
  private ForgetRecords latest = ForgetRecords.NONE;
  private boolean news;

  /**
   * Of the clients' group.
   *
   * @param producer stays the caller's
   */
  public ForgetLog(WriterClients clients, Producer<byte[], byte @Nullable []> producer) {
    this.clients = clients;
    this.topic = new OperationsTopic(clients, producer, Topics.FORGETS, "forgets");
    this.producer = producer;
  }

  /** How many partitions the turns have. */
  public synchronized int partitions() {
    return topic.partitionsOf(Topics.TURNS);
  }

  /**
   * Where the turns' log ends by now, by partition.
   *
   * @throws org.apache.kafka.common.KafkaException if that cannot be read now
   */
  public Map<Integer, Long> ends() {
    Map<TopicPartition, OffsetSpec> last = new HashMap<>();
    for (int partition = 0; partition < partitions(); partition++) {
      last.put(new TopicPartition(Topics.TURNS, partition), OffsetSpec.latest());
    }
    // A consumer warns of each partition that it is asked about and does not read.
    try (Admin admin = clients.admin()) {
      Map<Integer, Long> ends = new HashMap<>();
      admin
          .listOffsets(last, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
          .all()
          .get()
          .forEach((partition, end) -> ends.put(partition.partition(), end.offset()));
      return ends;
    } catch (ExecutionException e) {
      throw new KafkaException("cannot see where the log ends", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WakeupException();
    }
  }

  /**
   * What is known until now; the same object if nothing is new.
   *
   * @throws org.apache.kafka.common.KafkaException if the topic cannot be read now
   */
  public synchronized ForgetRecords now() {
    news |= topic.readOn(this::take);
    if (news) {
      latest = new ForgetRecords(forgets, parts);
      news = false;
    }
    return latest;
  }

  private void take(ConsumerRecord<byte[], byte[]> record, String[] key) {
    try {
      if (key.length == 1) {
        Forget forget = read(record.value(), Forget.class);
        if (forget != null && !isUsable(forget)) {
          throw new NumberFormatException("version " + forget.version());
        }
        putOrRemove(forgets, key[0], forget);
      } else {
        ForgetPart part = read(record.value(), ForgetPart.class);
        if (part != null && !isUsable(part)) {
          throw new NumberFormatException("without a phase");
        }
        putOrRemove(
            parts.computeIfAbsent(key[0], of -> new HashMap<>()), Integer.parseInt(key[1]), part);
      }
    } catch (JacksonException | NumberFormatException e) {
      LOG.warn(
          "{} offset {} says nothing of what is to be forgotten, and is skipped: {}",
          topic,
          record.offset(),
          e.getClass().getSimpleName());
    }
  }

  @SuppressWarnings("NullAway") // Jackson leaves absent components null, whatever their type says.
  private static boolean isUsable(Forget forget) {
    return forget.version() == Forget.VERSION && forget.id() != null && forget.selection() != null;
  }

  @SuppressWarnings("NullAway") // As above.
  private static boolean isUsable(ForgetPart part) {
    return part.phase() != null;
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
   * Says what a user wants.
   *
   * @return completes when that is durable
   */
  public CompletableFuture<Void> put(Forget forget) {
    return topic.append(forget.id(), Json.MAPPER.writeValueAsBytes(forget));
  }

  /** Says how far it is in a partition. */
  public CompletableFuture<Void> put(String id, int partition, ForgetPart part) {
    return topic.append(id + "/" + partition, Json.MAPPER.writeValueAsBytes(part));
  }

  /** Nothing is to be known of it any more. */
  public CompletableFuture<Void> remove(ForgetRecords known, String id) {
    List<CompletableFuture<Void>> removals = new ArrayList<>();
    known.parts(id).keySet().forEach(part -> removals.add(topic.append(id + "/" + part, null)));
    removals.add(topic.append(id, null));
    return CompletableFuture.allOf(removals.toArray(CompletableFuture[]::new));
  }

  /**
   * Makes decisions about the turns of a partition, and returns when they are durable.
   *
   * @throws KafkaException if that fails
   */
  public void decide(int partition, Collection<? extends Curation> decisions) {
    List<Future<?>> sent = new ArrayList<>();
    for (Curation decision : decisions) {
      sent.add(append(partition, decision.key(), CurationCodec.encode(decision)));
    }
    await(sent);
  }

  /**
   * Withdraws decisions, and returns when that is durable.
   *
   * @throws KafkaException if that fails
   */
  public void withdraw(int partition, Collection<? extends Curation> decisions) {
    List<Future<?>> sent = new ArrayList<>();
    decisions.forEach(decision -> sent.add(append(partition, decision.key(), null)));
    await(sent);
  }

  private Future<?> append(int partition, CurationKey key, byte @Nullable [] value) {
    return producer.send(new ProducerRecord<>(Topics.CURATION, partition, key.bytes(), value));
  }

  private void await(List<Future<?>> sent) {
    try {
      for (Future<?> each : sent) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new KafkaException("cannot record what is decided", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WakeupException();
    }
  }

  @Override
  public synchronized void close() {
    topic.close();
  }
}
