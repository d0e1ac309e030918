package dev.tavernmem0.watcher.connect;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.watcher.files.ChatTreeMonitor;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.state.OffsetReader;
import dev.tavernmem0.watcher.state.StateKeys;
import dev.tavernmem0.watcher.state.StateStore;
import dev.tavernmem0.watcher.track.ChatTracker;
import dev.tavernmem0.watcher.track.Emission;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;

/**
 * Watches the chats and hands out their events. Each record's offset is the state of its block of
 * turns after that record, so that a crash between two records of one save loses neither.
 *
 * <p>Keys are strings, values the JSON's bytes. The headers {@code op} and {@code cause} let
 * consumers choose without parsing; {@code saved_ms} is when SillyTavern saved the file.
 */
public final class ChatSourceTask extends SourceTask {
  public static final String HEADER_OP = "op";
  public static final String HEADER_CAUSE = "cause";
  public static final String HEADER_SAVED_MS = "saved_ms";

  /** Connect asks again at once; in between it can commit and stop. */
  private static final Duration LONGEST_WAIT = Duration.ofMillis(500);

  private @Nullable ChatSourceConfig config;
  private volatile @Nullable ChatTreeMonitor monitor;
  private @Nullable ChatTracker tracker;
  private volatile boolean stopped;

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
    TavernTree tree = new TavernTree(started.dataRoot(), started::wants);
    OffsetReader reader = partitions -> context.offsetStorageReader().offsets(partitions);
    StateStore store = new StateStore(reader, new StateKeys(started.tavernName()));
    try {
      // The state first: if it cannot be read, nothing is left open.
      ChatTracker tracking =
          new ChatTracker(tree, started.tracker(version()), store, Clock.systemUTC());
      ChatTreeMonitor watching =
          new ChatTreeMonitor(
              tree, started.watchMode(), started.rescanInterval(), started.pollInterval());
      monitor = watching;
      tracking.start(watching.poll(Duration.ZERO));
      tracker = tracking;
    } catch (IOException e) {
      throw new ConnectException("cannot watch " + started.dataRoot(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectException("interrupted while starting", e);
    }
    config = started;
  }

  @Override
  public @Nullable List<SourceRecord> poll() throws InterruptedException {
    ChatSourceConfig settings = config;
    ChatTreeMonitor watching = monitor;
    ChatTracker tracking = tracker;
    if (stopped || settings == null || watching == null || tracking == null) {
      return null;
    }
    List<Emission> emissions = tracking.next(settings.maxBatchSize());
    if (emissions.isEmpty()) {
      tracking.changed(watching.poll(untilNextLook(tracking)));
      emissions = tracking.next(settings.maxBatchSize());
    }
    return emissions.isEmpty()
        ? null
        : emissions.stream().map(emission -> record(settings, emission)).toList();
  }

  /** Ends a waiting {@link #poll}; may be called from another thread. */
  @Override
  public void stop() {
    stopped = true;
    ChatTreeMonitor watching = monitor;
    if (watching != null) {
      try {
        watching.close();
      } catch (IOException e) {
        throw new ConnectException("cannot stop watching", e);
      }
    }
  }

  private static Duration untilNextLook(ChatTracker tracker) {
    Long at = tracker.nextLook();
    if (at == null) {
      return LONGEST_WAIT;
    }
    long wait = Math.max(0, at - System.currentTimeMillis());
    return Duration.ofMillis(Math.min(wait, LONGEST_WAIT.toMillis()));
  }

  private static SourceRecord record(ChatSourceConfig config, Emission emission) {
    if (emission instanceof Emission.OfTurn turn) {
      TurnEvent event = turn.event();
      return record(
          config.topic(),
          emission,
          event.source().chatId(),
          TurnEventCodec.encode(event),
          headers(event));
    }
    Emission.OfState state = (Emission.OfState) emission;
    String json = state.json();
    return record(
        config.stateTopic(),
        emission,
        state.key(),
        json == null ? null : json.getBytes(StandardCharsets.UTF_8),
        new ConnectHeaders());
  }

  private static SourceRecord record(
      String topic,
      Emission emission,
      String key,
      byte @Nullable [] value,
      ConnectHeaders headers) {
    return new SourceRecord(
        emission.partition(),
        emission.offset(),
        topic,
        null,
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
