package dev.tavernmem0.watcher.connect;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.ScopePartition;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.kafka.TurnKeys;
import dev.tavernmem0.watcher.files.ChatTreeMonitor;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.state.OffsetReader;
import dev.tavernmem0.watcher.state.StateKeys;
import dev.tavernmem0.watcher.state.StateStore;
import dev.tavernmem0.watcher.state.UnknownLayoutException;
import dev.tavernmem0.watcher.track.ChatTracker;
import dev.tavernmem0.watcher.track.Emission;
import dev.tavernmem0.watcher.track.Signal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.source.TransactionContext;
import org.jspecify.annotations.Nullable;

/**
 * Watches the chats and hands out their events. Each record's offset is the state of its block of
 * turns after that record, so that a crash between two records of one save loses neither.
 *
 * <p>A turn's key is its chat, its partition that of its scope. Keys are strings, values the JSON's
 * bytes. The headers {@code op} and {@code cause} let consumers choose without parsing; {@code
 * saved_ms} is when SillyTavern saved the file.
 */
public final class ChatSourceTask extends SourceTask {
  public static final String HEADER_OP = "op";
  public static final String HEADER_CAUSE = "cause";
  public static final String HEADER_SAVED_MS = "saved_ms";

  /** Connect asks again at once; in between it can commit and stop. */
  private static final Duration LONGEST_WAIT = Duration.ofMillis(500);

  private static final int MANY = 64;

  private final Clock clock;
  private @Nullable ChatSourceConfig config;
  private volatile @Nullable ChatTreeMonitor monitor;
  private volatile @Nullable ChatTracker tracker;
  private volatile @Nullable SignalReader signals;
  private volatile boolean stopped;

  /** For Kafka Connect. */
  public ChatSourceTask() {
    this(Clock.systemUTC());
  }

  /** With a clock of its own: what waits for a time waits for this clock's. */
  ChatSourceTask(Clock clock) {
    this.clock = clock;
  }

  @Override
  public String version() {
    return Version.get();
  }

  /**
   * Restores the state.
   *
   * @throws ConnectException if there is no such data root
   */
  @Override
  public void start(Map<String, String> props) {
    ChatSourceConfig started = new ChatSourceConfig(props);
    if (!Files.isDirectory(started.dataRoot())) {
      throw new ConnectException(
          ChatSourceConfig.DATA_ROOT + ": no such directory: " + started.dataRoot());
    }
    TavernTree tree = new TavernTree(real(started.dataRoot()), started::wants);
    OffsetReader reader = partitions -> context.offsetStorageReader().offsets(partitions);
    StateStore store = new StateStore(reader, new StateKeys(started.tavernName()));
    try {
      // The state first: if it cannot be read, nothing is left open.
      ChatTracker tracking = new ChatTracker(tree, started.tracker(version()), store, clock);
      ChatTreeMonitor watching =
          new ChatTreeMonitor(
              tree, started.watchMode(), started.rescanInterval(), started.pollInterval());
      monitor = watching;
      tracking.start(watching.poll(Duration.ZERO));
      signals = SignalReader.of(started, tracking.nextSignal()).orElse(null);
      tracker = tracking;
    } catch (IOException e) {
      throw new ConnectException("cannot watch " + started.dataRoot(), e);
    } catch (UnknownLayoutException e) {
      throw new ConnectException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectException("interrupted while starting", e);
    }
    config = started;
  }

  /** The root itself may be a link; below it none is followed. */
  private static Path real(Path dataRoot) {
    try {
      return dataRoot.toRealPath();
    } catch (IOException e) {
      throw new ConnectException(ChatSourceConfig.DATA_ROOT + ": cannot read " + dataRoot, e);
    }
  }

  @Override
  public @Nullable List<SourceRecord> poll() throws InterruptedException {
    return poll(LONGEST_WAIT);
  }

  /** As {@link #poll()}, waiting for a change no longer than this. */
  @Nullable List<SourceRecord> poll(Duration longestWait) throws InterruptedException {
    ChatSourceConfig settings = config;
    ChatTreeMonitor watching = monitor;
    ChatTracker tracking = tracker;
    if (stopped || settings == null || watching == null || tracking == null) {
      return null;
    }
    obeySignals(tracking);
    // What is said now goes before what waits.
    tracking.changed(watching.poll(Duration.ZERO));
    List<Emission> emissions = tracking.next(settings.maxBatchSize());
    if (emissions.isEmpty()) {
      tracking.changed(watching.poll(untilNextLook(tracking, longestWait)));
      emissions = tracking.next(settings.maxBatchSize());
    }
    if (emissions.isEmpty()) {
      return null;
    }
    // A third of a snapshot's work is making JSON, which another core can do.
    Stream<Emission> stream =
        emissions.size() < MANY ? emissions.stream() : emissions.parallelStream();
    List<SourceRecord> records = stream.map(emission -> record(settings, emission)).toList();
    TransactionContext transaction = context.transactionContext();
    if (transaction != null) {
      transaction.commitTransaction(records.get(records.size() - 1));
    }
    return records;
  }

  private void obeySignals(ChatTracker tracking) {
    SignalReader reader = signals;
    if (reader == null) {
      return;
    }
    // One signal can be thousands of events: no other is taken before they are given out.
    List<Signal> signals = tracking.hasReady() ? List.of() : reader.poll();
    while (!signals.isEmpty()) {
      signals.forEach(tracking::obey);
      signals = tracking.hasReady() ? List.of() : reader.poll();
    }
    Long position = reader.position();
    if (position != null) {
      tracking.signalsRead(position);
    }
  }

  /** When something has to be looked at again, milliseconds since the epoch; null for never. */
  @Nullable Long nextLook() {
    ChatTracker tracking = tracker;
    return tracking == null ? null : tracking.nextLook();
  }

  @Override
  public void commit() {
    ChatTracker tracking = tracker;
    if (tracking != null) {
      tracking.committed();
    }
  }

  /** Ends a waiting {@link #poll}; may be called from another thread. */
  @Override
  public void stop() {
    stopped = true;
    SignalReader reader = signals;
    if (reader != null) {
      reader.close();
    }
    ChatTreeMonitor watching = monitor;
    if (watching != null) {
      try {
        watching.close();
      } catch (IOException e) {
        throw new ConnectException("cannot stop watching", e);
      }
    }
  }

  private Duration untilNextLook(ChatTracker tracker, Duration longestWait) {
    Long at = tracker.nextLook();
    if (at == null) {
      return longestWait;
    }
    long wait = Math.max(0, at - clock.millis());
    return Duration.ofMillis(Math.min(wait, longestWait.toMillis()));
  }

  private static SourceRecord record(ChatSourceConfig config, Emission emission) {
    if (emission instanceof Emission.OfTurn turn) {
      TurnEvent event = turn.event();
      return record(
          config.topic(),
          ScopePartition.of(Scope.of(event.source()), config.topicPartitions()),
          emission,
          TurnKeys.unique(event.source().chatId()),
          TurnEventCodec.encode(event),
          headers(event));
    }
    if (emission instanceof Emission.OfNotification told) {
      return record(Topics.NOTIFICATIONS, told, told.key(), told.json());
    }
    if (emission instanceof Emission.OfCharacter character) {
      return record(Topics.CHARACTERS, character, character.key(), character.json());
    }
    Emission.OfState state = (Emission.OfState) emission;
    return record(config.stateTopic(), state, state.key(), state.json());
  }

  private static SourceRecord record(
      String topic, Emission emission, String key, @Nullable String json) {
    byte @Nullable [] value = json == null ? null : json.getBytes(StandardCharsets.UTF_8);
    return record(topic, null, emission, key, value, new ConnectHeaders());
  }

  private static SourceRecord record(
      String topic,
      @Nullable Integer partition,
      Emission emission,
      String key,
      byte @Nullable [] value,
      ConnectHeaders headers) {
    return new SourceRecord(
        emission.partition(),
        emission.offset(),
        topic,
        partition,
        Schema.STRING_SCHEMA,
        key,
        Schema.OPTIONAL_BYTES_SCHEMA,
        value,
        null,
        headers);
  }

  private static ConnectHeaders headers(TurnEvent event) {
    ConnectHeaders headers = new ConnectHeaders();
    headers.addString(HEADER_OP, event.op().code());
    headers.addString(HEADER_CAUSE, event.source().cause().json());
    headers.addString(HEADER_SAVED_MS, Long.toString(event.source().tsMs()));
    return headers;
  }
}
