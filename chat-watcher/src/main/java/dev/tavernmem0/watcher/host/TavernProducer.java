package dev.tavernmem0.watcher.host;

import dev.tavernmem0.service.kafka.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The producer of everything that a watcher publishes: records become visible together or not at
 * all. Its transactional id belongs to the tavern's name, so that of the watchers of one name only
 * the latest can publish. After any exception it is of no use any more. Not thread-safe.
 */
final class TavernProducer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TavernProducer.class);

  /** What is not through by then is taken back, by the brokers or by the next watcher. */
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(3);

  private static final Duration LINGER = Duration.ofMillis(20);

  /** A chat's turns go to one partition, one batch after the other: Kafka's 16 kB are slow. */
  private static final int BATCH_BYTES = 256 * 1024;

  private final String tavern;
  private final String transactionalId;
  private final KafkaClients clients;
  private final Duration transactionTimeout;
  private final Producer<byte[], byte @Nullable []> producer;

  /**
   * A producer.
   *
   * @param largestBatch that the brokers take of each of the topics, in bytes: a batch that they
   *     refuse would be split into as large ones for ever
   */
  TavernProducer(String tavern, KafkaClients clients, int largestBatch) {
    this.tavern = tavern;
    this.transactionalId = "tavern-watcher-" + tavern;
    this.clients = clients;
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    // Until the commit, which sends at once what waits: a save is one request, not one per topic.
    settings.put(ProducerConfig.LINGER_MS_CONFIG, (int) LINGER.toMillis());
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, Math.min(BATCH_BYTES, largestBatch / 2));
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, TurnCompression.best());
    // As Kafka reads it, whatever form it was given in.
    this.transactionTimeout =
        Duration.ofMillis(
            clients.producerConfig(settings).getInt(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG));
    this.producer = clients.meteredProducer(settings);
  }

  /**
   * Takes over from whoever published for this tavern before: what they had begun is taken back,
   * and what they begin from now on is refused.
   *
   * @throws FencedException if another takes over at this moment
   * @throws KafkaException if the brokers cannot do that now
   */
  void takeOver() {
    try {
      producer.initTransactions();
    } catch (KafkaException e) {
      if (isFencing(e)) {
        throw fenced(e);
      }
      throw new KafkaException(
          "cannot begin to publish; if this lasts, see whether the brokers'"
              + " transaction.state.log.replication.factor is more than there are brokers",
          e);
    }
  }

  /**
   * Publishes records together.
   *
   * @return places of the records that are larger than the brokers take, for which nothing was
   *     published; empty if everything was
   * @throws FencedException if another watcher has taken over; nothing was published
   * @throws KafkaException if it failed for another reason; whether it was published shows only
   *     after {@link #takeOver}
   */
  List<Integer> publish(List<ProducerRecord<byte[], byte @Nullable []>> records) {
    Instant begun = Instant.now();
    try {
      producer.beginTransaction();
      List<Future<RecordMetadata>> sent = new ArrayList<>(records.size());
      try {
        // Fails as the commit does if one was refused while the others are still handed over.
        for (ProducerRecord<byte[], byte @Nullable []> record : records) {
          sent.add(producer.send(record));
        }
        producer.commitTransaction();
        return List.of();
      } catch (KafkaException e) {
        List<Integer> tooLarge = tooLarge(sent);
        if (tooLarge.isEmpty()) {
          throw e;
        }
        producer.abortTransaction();
        return refusedAlone(records, tooLarge);
      }
    } catch (KafkaException e) {
      throw isFencing(e) && !ranOut(begun) ? fenced(e) : e;
    }
  }

  @Override
  public void close() {
    producer.close(CLOSE_PATIENCE);
  }

  /** Waits for all, and says which are too large. */
  private static List<Integer> tooLarge(List<Future<RecordMetadata>> sent) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < sent.size(); i++) {
      try {
        sent.get(i).get();
      } catch (ExecutionException e) {
        if (isCausedBy(e, RecordTooLargeException.class)) {
          places.add(i);
        } else {
          throw new KafkaException("a record was not published", e.getCause());
        }
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }
    return places;
  }

  /**
   * What was still to be sent when one was refused failed with that one's error. So each is tried
   * alone, the largest first; once one was refused and a smaller one was not, the rest are taken
   * for small enough: if one is not, the next attempt names it.
   */
  private List<Integer> refusedAlone(
      List<ProducerRecord<byte[], byte @Nullable []>> records, List<Integer> suspects) {
    List<Integer> refused = new ArrayList<>();
    List<Integer> largestFirst =
        suspects.stream()
            .sorted(Comparator.comparing((Integer place) -> size(records.get(place))).reversed())
            .toList();
    for (int place : largestFirst) {
      producer.beginTransaction();
      boolean tooLarge = !tooLarge(List.of(producer.send(records.get(place)))).isEmpty();
      producer.abortTransaction();
      if (tooLarge) {
        refused.add(place);
      } else if (!refused.isEmpty()) {
        break;
      }
    }
    if (refused.isEmpty()) {
      throw new KafkaException("the brokers find records too large together, but none alone");
    }
    return refused;
  }

  private static int size(ProducerRecord<byte[], byte @Nullable []> record) {
    byte @Nullable [] value = record.value();
    return value == null ? 0 : value.length;
  }

  /**
   * Whether the brokers took the transaction back because it lasted too long, a machine that slept
   * meanwhile for example. They refuse what comes later just as if another had taken over.
   */
  private boolean ranOut(Instant begun) {
    // By the wall clock: the other one may stand still while a machine sleeps.
    if (Duration.between(begun, Instant.now()).compareTo(transactionTimeout) < 0) {
      return false;
    }
    try (Admin admin = clients.admin()) {
      TransactionState state =
          admin
              .describeTransactions(List.of(transactionalId))
              .description(transactionalId)
              .get()
              .state();
      LOG.info("a transaction took longer than {}; it is {}", transactionTimeout, state);
      return state == TransactionState.COMPLETE_ABORT || state == TransactionState.PREPARE_ABORT;
    } catch (ExecutionException e) {
      throw new KafkaException("cannot see what became of a transaction", e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private FencedException fenced(Throwable cause) {
    return new FencedException(
        "another watcher with the name \""
            + tavern
            + "\" has taken over. Stop one of the two, or give it a name of its own; then start"
            + " this one again",
        cause);
  }

  private static boolean isFencing(Throwable error) {
    return isCausedBy(error, ProducerFencedException.class)
        || isCausedBy(error, InvalidProducerEpochException.class);
  }

  private static boolean isCausedBy(Throwable error, Class<? extends Throwable> type) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
