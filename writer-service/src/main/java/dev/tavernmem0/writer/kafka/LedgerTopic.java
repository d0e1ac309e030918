package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Appends to the ledger, into the partition that the chat's turns are in. An entry is durable when
 * its future completes; entries appended from one thread arrive in their order. Thread-safe.
 */
public final class LedgerTopic {
  private final Producer<byte[], byte[]> producer;

  public LedgerTopic(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  public CompletableFuture<Void> append(int partition, LedgerEntry entry) {
    return send(partition, entry.key(), LedgerCodec.encode(entry));
  }

  /** Removes an entry. */
  public CompletableFuture<Void> remove(int partition, String key) {
    return send(partition, key, null);
  }

  private CompletableFuture<Void> send(int partition, String key, byte @Nullable [] value) {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    producer.send(
        new ProducerRecord<>(Topics.LEDGER, partition, key.getBytes(StandardCharsets.UTF_8), value),
        (metadata, failure) -> {
          if (failure == null) {
            sent.complete(null);
          } else {
            sent.completeExceptionally(failure);
          }
        });
    return sent;
  }
}
