package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.CurationCodec;
import dev.tavernmem0.common.curation.CurationKey;
import dev.tavernmem0.common.curation.InvalidCurationException;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.writer.curation.DecidedTurns;
import dev.tavernmem0.writer.curation.ScopeDecisions;
import dev.tavernmem0.writer.curation.TurnDecisions;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What users decided about memories, read as far as it goes at each question, so that a decision
 * holds for whatever is written after it. A record that is no decision is skipped. Thread-safe.
 */
public final class CurationLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CurationLog.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Consumer<byte[], byte[]> consumer;
  private final Map<Integer, Long> positions = new HashMap<>();
  private final Map<Integer, Map<Scope, Map<String, Curation>>> decisions = new HashMap<>();
  private final Map<Integer, DecidedTurns> ofTurns = new HashMap<>();
  private boolean reported;

  public CurationLog(WriterClients clients) {
    this.consumer = clients.reader("curation");
  }

  /**
   * What was decided about the memories of a scope until now.
   *
   * @param partition that the scope is in
   * @throws org.apache.kafka.common.KafkaException if the topic cannot be read now
   */
  public synchronized ScopeDecisions decisions(int partition, Scope scope) {
    return decisions(partition, scope, 0);
  }

  /**
   * As {@link #decisions(int, Scope)}, of what was decided then or later.
   *
   * @param sinceMs milliseconds since the epoch
   */
  public synchronized ScopeDecisions decisions(int partition, Scope scope, long sinceMs) {
    readOn(partition);
    Map<String, Curation> ofScope = of(partition).get(scope);
    return ofScope == null
        ? ScopeDecisions.NONE
        : ScopeDecisions.of(
            ofScope.values().stream().filter(decision -> decision.tsMs() >= sinceMs).toList());
  }

  /**
   * What was decided about the turns of a partition until now; the same object if nothing is new.
   *
   * @throws org.apache.kafka.common.KafkaException if the topic cannot be read now
   */
  public synchronized DecidedTurns ofTurns(int partition) {
    readOn(partition);
    return ofTurns.computeIfAbsent(partition, this::decidedTurns);
  }

  private DecidedTurns decidedTurns(int partition) {
    Map<Scope, TurnDecisions> decided = new HashMap<>();
    of(partition)
        .forEach(
            (scope, ofScope) -> {
              TurnDecisions its = TurnDecisions.of(ofScope.values());
              if (!its.equals(TurnDecisions.NONE)) {
                decided.put(scope, its);
              }
            });
    return new DecidedTurns(positions.getOrDefault(partition, 0L), decided);
  }

  /**
   * The scopes about which anything was decided until now.
   *
   * @throws org.apache.kafka.common.KafkaException if the topic cannot be read now
   */
  public synchronized Set<Scope> scopes(int partition) {
    readOn(partition);
    return Set.copyOf(of(partition).keySet());
  }

  /**
   * All that was decided about a scope until now.
   *
   * @throws org.apache.kafka.common.KafkaException if the topic cannot be read now
   */
  public synchronized List<Curation> all(int partition, Scope scope) {
    readOn(partition);
    return List.copyOf(of(partition).getOrDefault(scope, Map.of()).values());
  }

  /**
   * A partition is taken over: while it was another's, a decision may have been withdrawn, and
   * compaction leaves no trace of that.
   */
  public synchronized void own(int partition) {
    positions.remove(partition);
    decisions.remove(partition);
    ofTurns.remove(partition);
  }

  private Map<Scope, Map<String, Curation>> of(int partition) {
    return decisions.computeIfAbsent(partition, number -> new HashMap<>());
  }

  private void readOn(int partition) {
    TopicPartition topic = new TopicPartition(Topics.CURATION, partition);
    consumer.assign(List.of(topic));
    long end = consumer.endOffsets(List.of(topic)).getOrDefault(topic, 0L);
    long position = positions.getOrDefault(partition, 0L);
    if (position >= end) {
      return;
    }
    if (position == 0) {
      consumer.seekToBeginning(List.of(topic));
    } else {
      consumer.seek(topic, position);
    }
    long giveUpAt = System.nanoTime() + TIMEOUT.toNanos();
    while (consumer.position(topic) < end) {
      consumer.poll(POLL).records(topic).forEach(this::take);
      if (System.nanoTime() > giveUpAt) {
        throw new TimeoutException("cannot read " + topic);
      }
    }
    positions.put(partition, consumer.position(topic));
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    Map<Scope, Map<String, Curation>> ofPartition = of(record.partition());
    ofTurns.remove(record.partition());
    if (record.value() == null) {
      CurationKey.parse(record.key())
          .ifPresent(
              key -> {
                Map<String, Curation> ofScope = ofPartition.get(key.scope());
                if (ofScope != null) {
                  ofScope.remove(key.toString());
                }
              });
      return;
    }
    try {
      Curation decision = CurationCodec.decode(record.value());
      ofPartition
          .computeIfAbsent(decision.scope(), scope -> new LinkedHashMap<>())
          .put(decision.key().toString(), decision);
    } catch (InvalidCurationException e) {
      if (!reported) {
        reported = true;
        LOG.warn(
            "{}-{} offset {} is skipped, and so is without a word any other such record: {}",
            record.topic(),
            record.partition(),
            record.offset(),
            e.getMessage());
      }
    }
  }

  @Override
  public synchronized void close() {
    consumer.close();
  }
}
