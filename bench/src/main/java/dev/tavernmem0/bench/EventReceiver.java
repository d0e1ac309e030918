package dev.tavernmem0.bench;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Receives the committed records of a topic one by one. Not thread-safe. */
final class EventReceiver implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final KafkaConsumer<String, byte[]> consumer;
  private Iterator<ConsumerRecord<String, byte[]>> received =
      List.<ConsumerRecord<String, byte[]>>of().iterator();

  EventReceiver(Clients clients, String topic) {
    this.consumer = clients.consumer(topic);
  }

  /** The next record; fails if there is none for long. */
  ConsumerRecord<String, byte[]> next() {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!received.hasNext()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("no event came for " + LIMIT);
      }
      received = consumer.poll(Duration.ofSeconds(1)).iterator();
    }
    return received.next();
  }

  /** Lets everything pass that is there, and says how much it was. */
  long skip(Duration quiet) {
    long skipped = 0;
    long lastSeen = System.nanoTime();
    while (System.nanoTime() - lastSeen < quiet.toNanos()) {
      while (received.hasNext()) {
        received.next();
        skipped++;
        lastSeen = System.nanoTime();
      }
      received = consumer.poll(quiet).iterator();
    }
    return skipped;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
