package dev.tavernmem0.service.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Kafka's producer, whose meters go when it is closed. Thread-safe. */
final class PipelineProducer extends KafkaProducer<byte[], byte @Nullable []> {
  private final @Nullable KafkaClientMetrics metrics;

  /**
   * @param meters where its meters are to be seen; null: nowhere
   */
  PipelineProducer(Map<String, Object> settings, @Nullable MeterRegistry meters) {
    super(settings, new ByteArraySerializer(), new ByteArraySerializer());
    if (meters == null) {
      metrics = null;
    } else {
      metrics = new KafkaClientMetrics(this);
      metrics.bindTo(meters);
    }
  }

  @Override
  public void close(Duration timeout) {
    if (metrics != null) {
      metrics.close();
    }
    super.close(timeout);
  }
}
