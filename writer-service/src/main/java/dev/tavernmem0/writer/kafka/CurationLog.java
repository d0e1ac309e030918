package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.CurationCodec;
import dev.tavernmem0.common.curation.CurationKey;
import dev.tavernmem0.common.curation.Forgotten;
import dev.tavernmem0.common.curation.InvalidCurationException;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.writer.curation.ForgottenTexts;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private final Map<Scope, Map<String, String>> forgotten = new HashMap<>();
  private boolean reported;

  public CurationLog(WriterClients clients) {
    this.consumer = clients.reader("curation");
  }

  /**
   * The texts of the memories of a scope that are not to come back.
   *
   * @param partition that the scope is in
   * @throws org.apache.kafka.common.KafkaException if the topic cannot be read now
   */
  public synchronized ForgottenTexts forgotten(int partition, Scope scope) {
    TopicPartition topic = new TopicPartition(Topics.CURATION, partition);
    consumer.assign(List.of(topic));
    long end = consumer.endOffsets(List.of(topic)).getOrDefault(topic, 0L);
    long position = positions.getOrDefault(partition, 0L);
    if (position < end) {
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
    return new ForgottenTexts(forgotten.getOrDefault(scope, Map.of()).values());
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      CurationKey.parse(record.key())
          .ifPresent(
              key -> {
                Map<String, String> ofScope = forgotten.get(key.scope());
                if (ofScope != null) {
                  ofScope.remove(key.toString());
                }
              });
      return;
    }
    try {
      Curation decision = CurationCodec.decode(record.value());
      if (decision instanceof Forgotten it) {
        forgotten
            .computeIfAbsent(it.scope(), scope -> new LinkedHashMap<>())
            .put(it.key().toString(), it.text());
      }
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
