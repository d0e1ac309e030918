package dev.tavernmem0.retriever.ledger;

import dev.tavernmem0.common.kafka.FaultyRecords;
import dev.tavernmem0.common.ledger.InvalidLedgerEntryException;
import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.retriever.follow.TopicRecords;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads records as entries. One that is none is counted and skipped, and so is one on which the
 * listener fails; an error goes through and ends the consumer, though not for ever on the same
 * record. Called by one thread at a time.
 */
final class LedgerRecords implements TopicRecords {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerRecords.class);

  private final LedgerListener listener;
  private final FaultyRecords faulty = new FaultyRecords();
  private final Counter entries;
  private final Counter malformed;

  private boolean reported;
  private volatile String lastFault = "";

  /** An error without the words of the one that happened: the container logs what it is thrown. */
  private static final class ReaderError extends Error {
    ReaderError(String fault) {
      super(fault);
    }
  }

  LedgerRecords(LedgerListener listener, MeterRegistry meters) {
    this.listener = listener;
    this.entries =
        Counter.builder("tavern.retriever.ledger.entries")
            .description("Ledger entries read")
            .register(meters);
    this.malformed =
        Counter.builder("tavern.retriever.ledger.malformed")
            .description("Ledger records that could not be read; skipped")
            .register(meters);
  }

  @Override
  public String lastFault() {
    return lastFault;
  }

  @Override
  public void onMessage(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return;
    }
    if (faulty.givenUp(record)) {
      skip(record, "the retriever failed on it each time");
      return;
    }
    try {
      LedgerEntry entry = LedgerCodec.decode(record.value());
      listener.entry(entry);
      entries.increment();
    } catch (InvalidLedgerEntryException e) {
      skip(record, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      skip(record, fault(e));
    } catch (Error e) {
      faulty.failed(record);
      lastFault = fault(e);
      throw new ReaderError(lastFault);
    }
  }

  /** Without its words, which could be anybody's. */
  private static String fault(Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    return failure.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
  }

  private void skip(ConsumerRecord<?, ?> record, String why) {
    malformed.increment();
    if (!reported) {
      reported = true;
      LOG.warn(
          "skipped {}-{} offset {} and will count, not report, further ones: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          why);
    }
  }
}
