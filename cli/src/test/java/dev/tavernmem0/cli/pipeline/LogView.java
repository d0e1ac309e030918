package dev.tavernmem0.cli.pipeline;

import dev.tavernmem0.common.character.CharacterCodec;
import dev.tavernmem0.common.character.CharacterScope;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.kafka.MaxRecordSize;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What a reader of the topics makes of them, as far as it has read. */
final class LogView implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);

  private final KafkaConsumer<String, byte[]> consumer;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final Map<ChatKey, List<Turn>> chats = new LinkedHashMap<>();
  private final Map<ChatKey, Set<String>> named = new HashMap<>();
  private final Map<String, LedgerEntry> ledger = new LinkedHashMap<>();
  private final Map<String, CharacterScope> characters = new LinkedHashMap<>();

  /** A chat in a scope: one that moved to another character is in none of the two for a moment. */
  record ChatKey(String handle, String scope, String chatId) {}

  LogView(String bootstrapServers) {
    consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                50,
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                MaxRecordSize.BYTES,
                ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                500,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    for (String topic : List.of(Topics.CHARACTERS, Topics.TURNS, Topics.LEDGER)) {
      consumer
          .partitionsFor(topic)
          .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /**
   * Reads what is committed by now.
   *
   * @return the ends of the topics' partitions, to which it has read
   */
  Map<TopicPartition, Long> read() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        take(record);
      }
    }
    return ends;
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    switch (record.topic()) {
      case Topics.TURNS -> take(TurnEventCodec.decode(record.value()));
      case Topics.LEDGER -> {
        ledger.remove(record.key());
        if (record.value() != null) {
          ledger.put(record.key(), LedgerCodec.decode(record.value()));
        }
      }
      default -> {
        characters.remove(record.key());
        if (record.value() != null) {
          characters.put(record.key(), CharacterCodec.decode(record.value()));
        }
      }
    }
  }

  private void take(TurnEvent event) {
    ChatKey chat =
        new ChatKey(event.source().handle(), event.source().scope(), event.source().chatId());
    List<Turn> turns = chats.computeIfAbsent(chat, key -> new ArrayList<>());
    Turn after = event.after();
    if (event.op() == Op.READ) {
      if (after == null || after.position() == 0) {
        named.put(chat, new HashSet<>());
      }
    } else {
      named.remove(chat);
    }
    turns.removeIf(turn -> turn.turnId().equals(event.turnId()));
    if (event.op() != Op.DELETE && after != null) {
      turns.add(Math.min(after.position(), turns.size()), after);
    }
    Set<String> ids = named.get(chat);
    if (event.op() == Op.READ && ids != null) {
      if (after != null) {
        ids.add(after.turnId());
      }
      if (event.source().snapshot().endsChat()) {
        turns.removeIf(turn -> !ids.contains(turn.turnId()));
        named.remove(chat);
      }
    }
  }

  /** What each chat of a user says, of those that say anything. */
  Map<ChatKey, List<Turn>> chats(String handle) {
    Map<ChatKey, List<Turn>> said = new LinkedHashMap<>();
    chats.forEach(
        (chat, turns) -> {
          if (chat.handle().equals(handle) && !turns.isEmpty()) {
            said.put(chat, List.copyOf(turns));
          }
        });
    return said;
  }

  /** The latest ledger entries of a user. */
  List<LedgerEntry> ledger(String userId) {
    return ledger.values().stream().filter(entry -> entry.scope().userId().equals(userId)).toList();
  }

  /** Scope ids of a user's characters, by the directories that they have now. */
  Map<String, String> scopes(String handle) {
    Map<String, String> scopes = new HashMap<>();
    characters.values().stream()
        .filter(character -> character.handle().equals(handle))
        .forEach(character -> scopes.put(character.avatar(), character.scope()));
    return scopes;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
