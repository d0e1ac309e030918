package dev.tavernmem0.watcher.connect;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.watcher.files.WatchMode;
import dev.tavernmem0.watcher.track.SnapshotMode;
import dev.tavernmem0.watcher.track.TrackerOptions;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/** The connector's configuration. Durations are in milliseconds, as in Kafka's own. */
public final class ChatSourceConfig extends AbstractConfig {
  public static final String DATA_ROOT = "data.root";
  public static final String TAVERN_NAME = "tavern.name";
  public static final String HANDLES = "handles";
  public static final String TOPIC = "topic";
  public static final String STATE_TOPIC = "state.topic";
  public static final String SNAPSHOT_MODE = "snapshot.mode";
  public static final String WATCH_MODE = "watch.mode";
  public static final String RESCAN_INTERVAL_MS = "rescan.interval.ms";
  public static final String POLL_INTERVAL_MS = "poll.interval.ms";
  public static final String SETTLE_FILE_MS = "settle.file.ms";
  public static final String RENAME_WINDOW_MS = "rename.window.ms";
  public static final String MAX_LINE_BYTES = "max.line.bytes";
  public static final String MAX_BATCH_SIZE = "max.batch.size";
  public static final String INCLUDE_RAW = "include.raw";
  public static final String TIME_ZONE = "time.zone";

  private static final ConfigDef DEFINITION =
      new ConfigDef()
          .define(
              DATA_ROOT,
              Type.STRING,
              ConfigDef.NO_DEFAULT_VALUE,
              new ConfigDef.NonEmptyString(),
              Importance.HIGH,
              "SillyTavern's data root: the directory with one directory per user.")
          .define(
              TAVERN_NAME,
              Type.STRING,
              "tavern",
              new ConfigDef.NonEmptyString(),
              Importance.MEDIUM,
              "Logical name of this SillyTavern; part of the state's keys: never change it.")
          .define(
              HANDLES,
              Type.LIST,
              "",
              Importance.MEDIUM,
              "User handles to watch; empty watches all.")
          .define(TOPIC, Type.STRING, Topics.TURNS, Importance.MEDIUM, "Where turn events go.")
          .define(
              STATE_TOPIC,
              Type.STRING,
              Topics.CHATS,
              Importance.LOW,
              "Where the list of known chats goes.")
          .define(
              SNAPSHOT_MODE,
              Type.STRING,
              "initial",
              ConfigDef.CaseInsensitiveValidString.in("initial", "never"),
              Importance.MEDIUM,
              "What happens to chats that are there at the first start: 'initial' publishes them,"
                  + " 'never' takes them as known.")
          .define(
              WATCH_MODE,
              Type.STRING,
              "auto",
              ConfigDef.CaseInsensitiveValidString.in("auto", "poll"),
              Importance.MEDIUM,
              "'auto' uses the file system's events; 'poll' is for mounts that have none.")
          .define(
              RESCAN_INTERVAL_MS,
              Type.LONG,
              30_000,
              ConfigDef.Range.atLeast(100),
              Importance.LOW,
              "Between looks at all files while events work.")
          .define(
              POLL_INTERVAL_MS,
              Type.LONG,
              5_000,
              ConfigDef.Range.atLeast(100),
              Importance.LOW,
              "Between looks at all files where events do not work.")
          .define(
              SETTLE_FILE_MS,
              Type.LONG,
              2_000,
              ConfigDef.Range.atLeast(0),
              Importance.LOW,
              "How long an incomplete file is waited for.")
          .define(
              RENAME_WINDOW_MS,
              Type.LONG,
              3_000,
              ConfigDef.Range.atLeast(0),
              Importance.LOW,
              "How long a vanished chat is given to appear under another name.")
          .define(
              MAX_LINE_BYTES,
              Type.INT,
              8 * 1024 * 1024,
              ConfigDef.Range.atLeast(1024),
              Importance.LOW,
              "Longer lines of a chat are skipped and reported.")
          .define(
              MAX_BATCH_SIZE,
              Type.INT,
              256,
              ConfigDef.Range.atLeast(1),
              Importance.LOW,
              "Most records per poll.")
          .define(
              INCLUDE_RAW,
              Type.BOOLEAN,
              true,
              Importance.LOW,
              "Whether events carry the line as SillyTavern wrote it; makes the log a backup.")
          .define(
              TIME_ZONE,
              Type.STRING,
              "",
              ChatSourceConfig::requireZone,
              Importance.LOW,
              "Time zone of old dates without one; empty for this machine's.");

  public ChatSourceConfig(Map<String, String> properties) {
    super(DEFINITION, properties, false);
  }

  static ConfigDef definition() {
    return DEFINITION;
  }

  Path dataRoot() {
    return Path.of(getString(DATA_ROOT));
  }

  String tavernName() {
    return getString(TAVERN_NAME);
  }

  boolean wants(String handle) {
    List<String> handles = getList(HANDLES);
    return handles.isEmpty() || Set.copyOf(handles).contains(handle);
  }

  String topic() {
    return getString(TOPIC);
  }

  String stateTopic() {
    return getString(STATE_TOPIC);
  }

  WatchMode watchMode() {
    return WatchMode.valueOf(getString(WATCH_MODE).toUpperCase(Locale.ROOT));
  }

  Duration rescanInterval() {
    return Duration.ofMillis(getLong(RESCAN_INTERVAL_MS));
  }

  Duration pollInterval() {
    return Duration.ofMillis(getLong(POLL_INTERVAL_MS));
  }

  int maxBatchSize() {
    return getInt(MAX_BATCH_SIZE);
  }

  TrackerOptions tracker(String version) {
    String zone = getString(TIME_ZONE);
    return new TrackerOptions(
        tavernName(),
        version,
        getInt(MAX_LINE_BYTES),
        getBoolean(INCLUDE_RAW),
        zone.isEmpty() ? ZoneId.systemDefault() : ZoneId.of(zone),
        SnapshotMode.valueOf(getString(SNAPSHOT_MODE).toUpperCase(Locale.ROOT)),
        Duration.ofMillis(getLong(SETTLE_FILE_MS)),
        Duration.ofMillis(getLong(RENAME_WINDOW_MS)));
  }

  private static void requireZone(String name, Object value) {
    try {
      if (!value.toString().isEmpty()) {
        ZoneId.of(value.toString());
      }
    } catch (DateTimeException e) {
      throw new ConfigException(name, value, "not a time zone; for example Europe/Prague");
    }
  }
}
