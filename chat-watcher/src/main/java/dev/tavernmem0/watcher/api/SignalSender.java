package dev.tavernmem0.watcher.api;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.service.kafka.KafkaClients;
import dev.tavernmem0.watcher.host.WatcherProperties;
import dev.tavernmem0.watcher.track.Signal;
import dev.tavernmem0.watcher.track.SignalCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Sends signals to this SillyTavern's watcher. They are rare: each has a producer of its own, so
 * that nothing is kept open in between.
 */
@Component
class SignalSender {
  /** Who asks is waiting. */
  private static final int PATIENCE_MS = 5_000;

  private static final Map<String, Object> SETTINGS =
      Map.of(
          ProducerConfig.LINGER_MS_CONFIG,
          0,
          ProducerConfig.MAX_BLOCK_MS_CONFIG,
          PATIENCE_MS,
          ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
          PATIENCE_MS,
          ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
          PATIENCE_MS);

  private final KafkaClients clients;
  private final String tavern;

  SignalSender(KafkaClients clients, WatcherProperties properties) {
    this.clients = clients;
    this.tavern = properties.connectorConfig().tavernName();
  }

  /**
   * Returns when the brokers have the signal.
   *
   * @throws KafkaException if they did not say so in time; they may have it nevertheless
   */
  void send(Signal signal) {
    byte[] value = SignalCodec.encode(signal, System.currentTimeMillis());
    Producer<byte[], byte @Nullable []> producer = clients.producer(SETTINGS);
    try {
      producer
          .send(
              new ProducerRecord<>(Topics.SIGNALS, tavern.getBytes(StandardCharsets.UTF_8), value))
          .get();
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      throw new KafkaException(cause.getMessage(), cause);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } finally {
      producer.close(Duration.ZERO);
    }
  }
}
