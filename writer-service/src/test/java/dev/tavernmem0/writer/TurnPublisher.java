package dev.tavernmem0.writer;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Publishes turn events as the watcher does. */
final class TurnPublisher implements AutoCloseable {
  private final KafkaProducer<byte[], byte[]> producer;

  TurnPublisher(String bootstrapServers) {
    producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.LINGER_MS_CONFIG,
                0),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  void publish(TurnEvent event) {
    publish(event.source().chatId(), TurnEventCodec.encode(event));
  }

  void publish(String key, byte[] value) {
    producer.send(new ProducerRecord<>(Topics.TURNS, key.getBytes(StandardCharsets.UTF_8), value));
  }

  void flush() {
    producer.flush();
  }

  ChatLog chat(String chatId, String character) {
    return new ChatLog(chatId, character, this::publish);
  }

  @Override
  public void close() {
    producer.close();
  }
}
