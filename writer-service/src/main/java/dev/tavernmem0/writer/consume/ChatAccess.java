package dev.tavernmem0.writer.consume;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The way to the chats whose partitions this instance has: what is asked waits for the consumer's
 * thread, for at most some seconds. Thread-safe.
 */
public final class ChatAccess {
  private static final long PATIENCE_SECONDS = 5;

  private final TurnConsumer consumer;

  public ChatAccess(TurnConsumer consumer) {
    this.consumer = consumer;
  }

  /** The consumer does not answer: it has no connection to Kafka, or is restoring the ledger. */
  public static final class UnavailableException extends RuntimeException {
    UnavailableException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Runs this on the consumer's thread.
   *
   * @throws UnavailableException if that cannot be done now
   */
  <T> T ask(Function<TurnConsumer.PartitionAccess, T> question) {
    return await(consumer.ask(question), "the writer is busy restoring its ledger");
  }

  /** {@code late} says why it takes so long. */
  static <T> T await(CompletableFuture<T> answer, String late) {
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TurnConsumer.NotConnectedException notConnected) {
        throw new UnavailableException(String.valueOf(notConnected.getMessage()), notConnected);
      }
      if (e.getCause() instanceof UnavailableException unavailable) {
        throw unavailable;
      }
      if (e.getCause() instanceof KafkaException failed) {
        throw new UnavailableException("Kafka refuses it: " + failed.getMessage(), failed);
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new UnavailableException(late, e);
    }
  }
}
