package dev.tavernmem0.retriever.curation;

import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.CurationCodec;
import dev.tavernmem0.common.curation.CurationKey;
import dev.tavernmem0.common.curation.Forgotten;
import dev.tavernmem0.common.curation.InvalidCurationException;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.retriever.follow.TopicRecords;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads records as decisions. One that is none is counted and skipped. Called by one thread at a
 * time.
 */
final class CurationRecords implements TopicRecords {
  private static final Logger LOG = LoggerFactory.getLogger(CurationRecords.class);

  private final ForgottenMemories forgotten;
  private final KeptMemories kept;
  private final Consumer<Scope> changed;
  private final Counter malformed;
  private boolean reported;

  CurationRecords(
      ForgottenMemories forgotten,
      KeptMemories kept,
      Consumer<Scope> changed,
      MeterRegistry meters) {
    this.forgotten = forgotten;
    this.kept = kept;
    this.changed = changed;
    this.malformed =
        Counter.builder("tavern.retriever.curation.malformed")
            .description("Records of users' decisions that could not be read; skipped")
            .register(meters);
  }

  /** No record can end the consumer. */
  @Override
  public String lastFault() {
    return "";
  }

  @Override
  public void onMessage(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      CurationKey.parse(record.key()).ifPresent(this::withdraw);
      return;
    }
    try {
      learn(CurationCodec.decode(record.value()));
    } catch (InvalidCurationException e) {
      malformed.increment();
      if (!reported) {
        reported = true;
        LOG.warn(
            "skipped {}-{} offset {} and will count, not report, further ones: {}",
            record.topic(),
            record.partition(),
            record.offset(),
            e.getMessage());
      }
    }
  }

  private void learn(Curation decision) {
    if (decision instanceof Forgotten it) {
      forgotten.learn(it);
    } else {
      kept.learn(decision);
    }
    // Another retriever may have been told it, and have changed what mem0 holds.
    changed.accept(decision.scope());
  }

  private void withdraw(CurationKey key) {
    forgotten.withdraw(key);
    kept.withdraw(key);
  }
}
