package dev.tavernmem0.retriever.curation;

import dev.tavernmem0.common.curation.CurationCodec;
import dev.tavernmem0.common.curation.CurationKey;
import dev.tavernmem0.common.curation.Forgotten;
import dev.tavernmem0.common.curation.InvalidCurationException;
import dev.tavernmem0.retriever.follow.TopicRecords;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
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
  private final Counter malformed;
  private boolean reported;

  CurationRecords(ForgottenMemories forgotten, MeterRegistry meters) {
    this.forgotten = forgotten;
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
      CurationKey.parse(record.key()).ifPresent(forgotten::withdraw);
      return;
    }
    try {
      if (CurationCodec.decode(record.value()) instanceof Forgotten decision) {
        forgotten.learn(decision);
      }
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
}
