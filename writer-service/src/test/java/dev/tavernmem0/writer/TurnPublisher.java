package dev.tavernmem0.writer;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.ScopePartition;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.kafka.TurnKeys;
import dev.tavernmem0.testkit.kafka.RawProducer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Publishes turn events as the watcher does. */
final class TurnPublisher implements AutoCloseable {
  static final int PARTITIONS = 2;

  private final RawProducer producer;

  TurnPublisher(String bootstrapServers) {
    producer = new RawProducer(bootstrapServers);
  }

  void publish(TurnEvent event) {
    var unused =
        producer.send(
            new ProducerRecord<>(
                Topics.TURNS,
                ScopePartition.of(Scope.of(event.source()), PARTITIONS),
                TurnKeys.unique(event.source().chatId()).getBytes(StandardCharsets.UTF_8),
                TurnEventCodec.encode(event)));
  }

  void publish(String key, byte[] value) {
    var unused =
        producer.send(
            new ProducerRecord<>(Topics.TURNS, key.getBytes(StandardCharsets.UTF_8), value));
  }

  void flush() {
    producer.flush();
  }

  ChatLog chat(String chatId, String character) {
    return new ChatLog(chatId, character, this::publish);
  }

  ChatLog chatOf(String handle, String chatId, String character) {
    return new ChatLog(handle, chatId, character, this::publish);
  }

  @Override
  public void close() {
    producer.close();
  }
}
