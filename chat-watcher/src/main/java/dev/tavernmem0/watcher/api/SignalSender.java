package dev.tavernmem0.watcher.api;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.watcher.host.WatcherProperties;
import dev.tavernmem0.watcher.track.Signal;
import dev.tavernmem0.watcher.track.SignalCodec;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.stereotype.Component;

/**
 * Sends signals to this SillyTavern's watcher. They are rare: each has a producer of its own, so
 * that nothing is kept open in between.
 */
@Component
class SignalSender {
  /** Who asks is waiting. */
  private static final int PATIENCE_MS = 5_000;

  private final KafkaProperties kafka;
  private final String tavern;

  SignalSender(KafkaProperties kafka, WatcherProperties properties) {
    this.kafka = kafka;
    this.tavern = properties.connectorConfig().tavernName();
  }

  /**
   * Returns when the brokers have the signal.
   *
   * @throws KafkaException if they did not say so in time; they may have it nevertheless
   */
  void send(Signal signal) {
    byte[] value = SignalCodec.encode(signal, System.currentTimeMillis());
    Producer<String, byte[]> producer = producer();
    try {
      producer.send(new ProducerRecord<>(Topics.SIGNALS, tavern, value)).get();
    } catch (ExecutionException e) {
      throw new KafkaException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } finally {
      producer.close(Duration.ZERO);
    }
  }

  private Producer<String, byte[]> producer() {
    Map<String, Object> settings = new HashMap<>(kafka.buildProducerProperties());
    settings.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MS);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MS);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PATIENCE_MS);
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }
}
