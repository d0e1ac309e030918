package dev.tavernmem0.watcher.host;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.watcher.connect.ChatSourceTask;
import dev.tavernmem0.watcher.state.ChatEntry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/**
 * What was published, as meters and for the status page. It learns which chats there are from the
 * records that the connector publishes about its state: the task itself is the engine's.
 * Thread-safe.
 */
@Component
class WatcherMetrics {
  private static final TypeReference<TreeMap<String, ChatEntry>> FILES = new TypeReference<>() {};

  private final MeterRegistry registry;
  private final Timer latency;
  private final Counter skipped;
  private final AtomicLong events = new AtomicLong();
  private final AtomicReference<@Nullable Instant> lastEvent = new AtomicReference<>();
  private final AtomicReference<@Nullable String> snapshot = new AtomicReference<>();
  private final Map<String, Map<String, ChatEntry>> chatsByBlock = new ConcurrentSkipListMap<>();

  WatcherMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.latency =
        Timer.builder("tavern.watcher.publish.latency")
            .description("From SillyTavern's save of the file to the brokers' acknowledgement")
            .publishPercentiles(0.5, 0.99)
            .register(registry);
    this.skipped =
        Counter.builder("tavern.watcher.records.skipped")
            .description("Records that are too large for Kafka")
            .register(registry);
    Gauge.builder("tavern.watcher.bad.lines", this, WatcherMetrics::badLines)
        .description("Lines that are no messages, in the chats that changed since the start")
        .register(registry);
    Gauge.builder("tavern.watcher.unreadable.dates", this, WatcherMetrics::unreadableDates)
        .description("Messages without a readable date, in the chats that changed since the start")
        .register(registry);
  }

  void published(SourceRecord record) {
    if (!isTurn(record)) {
      state(record);
      return;
    }
    String op = header(record, ChatSourceTask.HEADER_OP);
    registry
        .counter(
            "tavern.watcher.events", "op", op, "cause", header(record, ChatSourceTask.HEADER_CAUSE))
        .increment();
    if (!op.equals("r")) {
      long saved = Long.parseLong(header(record, ChatSourceTask.HEADER_SAVED_MS));
      latency.record(Duration.ofMillis(Math.max(0, System.currentTimeMillis() - saved)));
    }
    events.incrementAndGet();
    lastEvent.set(Instant.now());
  }

  /** Whatever the topics are called: only turns' records say what became of them. */
  static boolean isTurn(SourceRecord record) {
    return record.headers().lastWithName(ChatSourceTask.HEADER_OP) != null;
  }

  void skipped() {
    skipped.increment();
  }

  long events() {
    return events.get();
  }

  @Nullable Instant lastEvent() {
    return lastEvent.get();
  }

  /** {@code running}, or {@code done} once the chats that were there have been looked at. */
  @Nullable String snapshot() {
    return snapshot.get();
  }

  /** Files with bad lines, among those that changed since the start. */
  Map<String, Integer> badLinesByFile() {
    Map<String, Integer> byFile = new TreeMap<>();
    chatsByBlock.forEach(
        (block, files) ->
            files.forEach(
                (name, entry) -> {
                  if (entry.badLines() > 0) {
                    String directory = block.substring(0, block.lastIndexOf('#'));
                    byFile.put(directory + "/" + name, entry.badLines());
                  }
                }));
    return byFile;
  }

  private double badLines() {
    return badLinesByFile().values().stream().mapToInt(Integer::intValue).sum();
  }

  private double unreadableDates() {
    return chatsByBlock.values().stream()
        .flatMap(files -> files.values().stream())
        .mapToInt(ChatEntry::unreadableDates)
        .sum();
  }

  private void state(SourceRecord record) {
    String key = (String) record.key();
    if (record.topic().equals(Topics.NOTIFICATIONS) || !(record.value() instanceof byte[] json)) {
      return;
    }
    try {
      if (key.equals("snapshot")) {
        snapshot.set(Json.MAPPER.readTree(json).path("snapshot").asString());
      } else if (key.contains("#")) {
        chatsByBlock.put(key, Json.MAPPER.readValue(json, FILES));
      }
    } catch (JacksonException e) {
      throw new IllegalStateException("the connector published a state that is not JSON", e);
    }
  }

  private static String header(SourceRecord record, String name) {
    Header header = record.headers().lastWithName(name);
    return header == null ? "unknown" : header.value().toString();
  }
}
