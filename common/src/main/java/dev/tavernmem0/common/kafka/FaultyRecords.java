package dev.tavernmem0.common.kafka;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Records on which the reader itself failed, so that its consumer was started again and read them
 * again. That may have had nothing to do with the record, so it gets more chances; but no record
 * ends its consumer for ever. Outlives the consumers. Thread-safe.
 */
public final class FaultyRecords {
  private static final int CHANCES = 3;

  private final Map<Place, Integer> failures = new ConcurrentHashMap<>();

  private record Place(String topic, int partition, long offset) {
    static Place of(ConsumerRecord<?, ?> record) {
      return new Place(record.topic(), record.partition(), record.offset());
    }
  }

  /** The reader failed on this record. */
  public void failed(ConsumerRecord<?, ?> record) {
    failures.merge(Place.of(record), 1, Integer::sum);
  }

  /** Whether the record has had its chances and is to be left alone. */
  public boolean givenUp(ConsumerRecord<?, ?> record) {
    return !failures.isEmpty() && failures.getOrDefault(Place.of(record), 0) >= CHANCES;
  }
}
