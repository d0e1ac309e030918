package dev.tavernmem0.retriever.characters;

import dev.tavernmem0.common.character.CharacterCodec;
import dev.tavernmem0.common.character.CharacterScope;
import dev.tavernmem0.common.character.InvalidCharacterException;
import dev.tavernmem0.retriever.follow.TopicRecords;
import dev.tavernmem0.retriever.scope.CharacterScopes;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads records as characters and their scopes. One that is none is counted and skipped. Called by
 * one thread at a time.
 */
final class CharacterRecords implements TopicRecords {
  private static final Logger LOG = LoggerFactory.getLogger(CharacterRecords.class);

  private final CharacterScopes characters;
  private final Counter malformed;
  private boolean reported;

  CharacterRecords(CharacterScopes characters, MeterRegistry meters) {
    this.characters = characters;
    this.malformed =
        Counter.builder("tavern.retriever.characters.malformed")
            .description("Records of characters that could not be read; skipped")
            .register(meters);
  }

  /** No record can end the consumer. */
  @Override
  public String lastFault() {
    return "";
  }

  @Override
  public void onMessage(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      skip(record, "no key");
      return;
    }
    String key = new String(record.key(), StandardCharsets.UTF_8);
    if (record.value() == null) {
      characters.forget(key);
      return;
    }
    try {
      CharacterScope character = CharacterCodec.decode(record.value());
      characters.learn(key, character.scope());
    } catch (InvalidCharacterException e) {
      skip(record, String.valueOf(e.getMessage()));
    }
  }

  private void skip(ConsumerRecord<?, ?> record, String why) {
    malformed.increment();
    if (!reported) {
      reported = true;
      LOG.warn(
          "skipped {}-{} offset {} and will count, not report, further ones: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          why);
    }
  }
}
