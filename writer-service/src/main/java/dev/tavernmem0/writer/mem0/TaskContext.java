package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.writer.kafka.CurationLog;
import dev.tavernmem0.writer.kafka.DeadLetters;
import dev.tavernmem0.writer.kafka.LedgerTopic;
import dev.tavernmem0.writer.kafka.LoggedTurn;
import dev.tavernmem0.writer.kafka.TurnLog;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.KafkaException;

/**
 * What a task is carried out with.
 *
 * @param refusals what mem0 refused lately, of any batch
 * @param empties what mem0 found nothing in lately, of any batch
 * @param abandoned whether its partition goes, so that nothing new is to be begun
 */
record TaskContext(
    int partition,
    LaneCalls mem0,
    TurnLog log,
    CurationLog curation,
    LedgerTopic ledger,
    DeadLetters deadLetters,
    WriteOptions options,
    Refusals refusals,
    Empties empties,
    InstantSource clock,
    BooleanSupplier abandoned) {

  List<LoggedTurn> turns(LedgerEntry batch) {
    return log.read(partition, batch.turns());
  }

  /** Appends to the ledger and returns when it is durable. */
  void append(LedgerEntry entry) {
    await(ledger.append(partition, entry));
  }

  TaskResult record(LedgerEntry entry) {
    append(entry);
    return new TaskResult.Recorded(entry);
  }

  Instant now() {
    return clock.instant();
  }

  long nowMs() {
    return clock.millis();
  }

  static void await(CompletableFuture<Void> sent) {
    try {
      sent.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof KafkaException failure
          ? failure
          : new KafkaException("cannot append", e.getCause());
    }
  }
}
