package dev.tavernmem0.testkit.kafka;

import dev.tavernmem0.common.kafka.MaxRecordSize;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A producer of records of any bytes, each sent at once and up to the pipeline's largest size. */
public final class RawProducer extends KafkaProducer<byte[], byte @Nullable []> {

  public RawProducer(String bootstrapServers) {
    super(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ProducerConfig.LINGER_MS_CONFIG,
            0,
            // Of several on their way to a partition without a leader yet the first can be refused
            // and
            // the next taken; the first then waits in vain for its sequence number.
            ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
            1,
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
            MaxRecordSize.BYTES),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /**
   * Appends a record and returns when the broker has it.
   *
   * @return its offset
   */
  public long append(String topic, int partition, byte @Nullable [] key, byte @Nullable [] value) {
    try {
      return send(new ProducerRecord<>(topic, partition, key, value)).get().offset();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the broker refused a record", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
