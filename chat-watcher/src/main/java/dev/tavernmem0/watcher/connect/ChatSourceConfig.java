package dev.tavernmem0.watcher.connect;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.watcher.files.WatchMode;
import dev.tavernmem0.watcher.track.SnapshotMode;
import dev.tavernmem0.watcher.track.TrackerOptions;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** The connector's configuration. Durations are in milliseconds, as in Kafka's own. */
public final class ChatSourceConfig extends AbstractConfig {
  public static final String DATA_ROOT = "data.root";
  public static final String TAVERN_NAME = "tavern.name";
  public static final String HANDLES = "handles";
  public static final String TOPIC = "topic";
  public static final String TOPIC_PARTITIONS = "topic.partitions";
  public static final String STATE_TOPIC = "state.topic";
  public static final String SNAPSHOT_MODE = "snapshot.mode";
  public static final String WATCH_MODE = "watch.mode";
  public static final String RESCAN_INTERVAL_MS = "rescan.interval.ms";
  public static final String POLL_INTERVAL_MS = "poll.interval.ms";
  public static final String SETTLE_FILE_MS = "settle.file.ms";
  public static final String RENAME_WINDOW_MS = "rename.window.ms";
  public static final String RETURN_WINDOW_MS = "return.window.ms";
  public static final String MAX_LINE_BYTES = "max.line.bytes";
  public static final String MAX_BATCH_SIZE = "max.batch.size";
  public static final String INCLUDE_RAW = "include.raw";
  public static final String TIME_ZONE = "time.zone";

  public static final String SIGNALS_BOOTSTRAP_SERVERS = "signals.bootstrap.servers";

  /** Before settings of the consumer that reads signals. */
  public static final String SIGNALS_CONSUMER = "signals.consumer.";

  private static final Pattern TOPIC_NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
  private static final String TOPIC_RULE = "letters, digits, '.', '_' and '-', at most 249";

  private static final String WATCHED = "What is watched";
  private static final String LOOKING = "How files are looked at";
  private static final String PUBLISHED = "What is published";
  private static final String OPERATED = "How it is operated";

  private static final ConfigDef DEFINITION =
      new ConfigDef()
          .define(
              DATA_ROOT,
              ConfigDef.Type.STRING,
              ConfigDef.NO_DEFAULT_VALUE,
              rule(ChatSourceConfig::isPath, "the path of a directory"),
              Importance.HIGH,
              "SillyTavern's data root: the directory with one directory per user.",
              WATCHED,
              1,
              Width.LONG,
              "Data root")
          .define(
              TAVERN_NAME,
              ConfigDef.Type.STRING,
              "tavern",
              new ConfigDef.NonEmptyString(),
              Importance.MEDIUM,
              "Logical name of this SillyTavern; part of the state's keys: never change it.",
              WATCHED,
              2,
              Width.SHORT,
              "Name")
          .define(
              HANDLES,
              ConfigDef.Type.LIST,
              "",
              rule(ChatSourceConfig::areHandles, "directory names, with commas between them"),
              Importance.MEDIUM,
              "User handles to watch, with commas between them; empty watches all.",
              WATCHED,
              3,
              Width.MEDIUM,
              "Users")
          .define(
              WATCH_MODE,
              ConfigDef.Type.STRING,
              "auto",
              ConfigDef.CaseInsensitiveValidString.in("auto", "poll"),
              Importance.MEDIUM,
              "`auto` uses the file system's events; `poll` is for mounts that have none"
                  + " (Docker Desktop, NFS, SMB).",
              LOOKING,
              1,
              Width.SHORT,
              "Watch mode")
          .define(
              RESCAN_INTERVAL_MS,
              ConfigDef.Type.LONG,
              30_000,
              ConfigDef.Range.atLeast(1),
              Importance.LOW,
              "Milliseconds between looks at all files while events work.",
              LOOKING,
              2,
              Width.SHORT,
              "Rescan interval (ms)")
          .define(
              POLL_INTERVAL_MS,
              ConfigDef.Type.LONG,
              5_000,
              ConfigDef.Range.atLeast(1),
              Importance.LOW,
              "Milliseconds between looks at all files where events do not work.",
              LOOKING,
              3,
              Width.SHORT,
              "Poll interval (ms)")
          .define(
              SETTLE_FILE_MS,
              ConfigDef.Type.LONG,
              2_000,
              ConfigDef.Range.atLeast(0),
              Importance.LOW,
              "Milliseconds that an incomplete file is waited for.",
              LOOKING,
              4,
              Width.SHORT,
              "Settling time of a file (ms)")
          .define(
              RENAME_WINDOW_MS,
              ConfigDef.Type.LONG,
              3_000,
              ConfigDef.Range.atLeast(0),
              Importance.LOW,
              "Milliseconds that a vanished chat is given to appear under another name.",
              LOOKING,
              5,
              Width.SHORT,
              "Rename window (ms)")
          .define(
              RETURN_WINDOW_MS,
              ConfigDef.Type.LONG,
              Duration.ofDays(30).toMillis(),
              ConfigDef.Range.atLeast(0),
              Importance.LOW,
              "How long turns that vanished keep their ids, should their lines come back."
                  + " In milliseconds.",
              LOOKING,
              6,
              Width.SHORT,
              "Return window (ms)")
          .define(
              MAX_LINE_BYTES,
              ConfigDef.Type.INT,
              8 * 1024 * 1024,
              ConfigDef.Range.atLeast(1024),
              Importance.LOW,
              "Longer lines of a chat are skipped and reported.",
              LOOKING,
              7,
              Width.SHORT,
              "Longest line (bytes)")
          .define(
              TIME_ZONE,
              ConfigDef.Type.STRING,
              "",
              rule(ChatSourceConfig::isZone, "a time zone, for example Europe/Prague, or empty"),
              Importance.LOW,
              "Time zone of old dates without one; empty for this machine's.",
              LOOKING,
              8,
              Width.MEDIUM,
              "Time zone")
          .define(
              SNAPSHOT_MODE,
              ConfigDef.Type.STRING,
              "initial",
              ConfigDef.CaseInsensitiveValidString.in("initial", "never", "recovery"),
              Importance.MEDIUM,
              "What happens to chats that are there at the first start: `initial` publishes them,"
                  + " `never` takes them as known.",
              PUBLISHED,
              1,
              Width.SHORT,
              "Snapshot mode")
          .define(
              INCLUDE_RAW,
              ConfigDef.Type.BOOLEAN,
              true,
              Importance.LOW,
              "Whether events carry the line as SillyTavern wrote it; makes the log a backup.",
              PUBLISHED,
              2,
              Width.SHORT,
              "Include the raw line")
          .define(
              TOPIC,
              ConfigDef.Type.STRING,
              Topics.TURNS,
              rule(ChatSourceConfig::isTopic, TOPIC_RULE),
              Importance.LOW,
              "Where turn events go; the other services read them from the default.",
              PUBLISHED,
              3,
              Width.MEDIUM,
              "Topic of the turn events")
          .define(
              TOPIC_PARTITIONS,
              ConfigDef.Type.INT,
              12,
              ConfigDef.Range.atLeast(1),
              Importance.MEDIUM,
              "How many partitions that topic has: all chats of a scope go to one of them. On Kafka"
                  + " Connect it has to be said; the chat-watcher service asks the brokers.",
              PUBLISHED,
              4,
              Width.SHORT,
              "Partitions of the topic")
          .define(
              STATE_TOPIC,
              ConfigDef.Type.STRING,
              Topics.CHATS,
              rule(ChatSourceConfig::isTopic, TOPIC_RULE),
              Importance.LOW,
              "Where the list of known chats goes.",
              PUBLISHED,
              5,
              Width.MEDIUM,
              "Topic of the known chats")
          .define(
              MAX_BATCH_SIZE,
              ConfigDef.Type.INT,
              2048,
              ConfigDef.Range.atLeast(1),
              Importance.LOW,
              "Most records per poll.",
              PUBLISHED,
              6,
              Width.SHORT,
              "Batch size")
          .define(
              SIGNALS_BOOTSTRAP_SERVERS,
              ConfigDef.Type.STRING,
              "",
              Importance.MEDIUM,
              "Brokers to read operators' signals from, with more settings of that consumer under"
                  + " `signals.consumer.`; empty reads none. The chat-watcher service gives its"
                  + " own Kafka's.",
              OPERATED,
              1,
              Width.LONG,
              "Brokers with signals");

  public ChatSourceConfig(Map<String, String> properties) {
    super(DEFINITION, properties, false);
  }

  /** All options: the one place of their defaults, rules and documentation. */
  public static ConfigDef definition() {
    return DEFINITION;
  }

  /** The directory with one directory per user. */
  public Path dataRoot() {
    return Path.of(getString(DATA_ROOT));
  }

  /** Logical name of this SillyTavern. */
  public String tavernName() {
    return getString(TAVERN_NAME);
  }

  /** Whether the chats of a user are watched. */
  public boolean wants(String handle) {
    List<String> handles = getList(HANDLES);
    return handles.isEmpty() || Set.copyOf(handles).contains(handle);
  }

  /** Where turn events go. */
  public String topic() {
    return getString(TOPIC);
  }

  int topicPartitions() {
    return getInt(TOPIC_PARTITIONS);
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

  /** How often all files are looked at where the file system tells of nothing. */
  public Duration pollInterval() {
    return Duration.ofMillis(getLong(POLL_INTERVAL_MS));
  }

  /** How long turns that vanished keep their ids. */
  Duration returnWindow() {
    return Duration.ofMillis(getLong(RETURN_WINDOW_MS));
  }

  int maxBatchSize() {
    return getInt(MAX_BATCH_SIZE);
  }

  boolean readsSignals() {
    return !getString(SIGNALS_BOOTSTRAP_SERVERS).isBlank();
  }

  /** Settings of the consumer that reads signals. */
  Map<String, Object> signalsConsumer() {
    Map<String, Object> settings = new HashMap<>(originalsWithPrefix(SIGNALS_CONSUMER));
    settings.put("bootstrap.servers", getString(SIGNALS_BOOTSTRAP_SERVERS));
    return settings;
  }

  /** What goes for all chats. */
  public TrackerOptions tracker(String version) {
    String zone = getString(TIME_ZONE);
    return new TrackerOptions(
        tavernName(),
        version,
        getInt(MAX_LINE_BYTES),
        getBoolean(INCLUDE_RAW),
        zone.isEmpty() ? ZoneId.systemDefault() : ZoneId.of(zone),
        SnapshotMode.valueOf(getString(SNAPSHOT_MODE).toUpperCase(Locale.ROOT)),
        Duration.ofMillis(getLong(SETTLE_FILE_MS)),
        Duration.ofMillis(getLong(RENAME_WINDOW_MS)),
        returnWindow());
  }

  /** A rule that says what is expected, to users and in Connect's documentation alike. */
  private static ConfigDef.Validator rule(Predicate<Object> holds, String expected) {
    return ConfigDef.LambdaValidator.with(
        (name, value) -> {
          if (value != null && !holds.test(value)) {
            throw new ConfigException(name, value, "must be " + expected);
          }
        },
        () -> expected);
  }

  private static boolean isPath(Object value) {
    try {
      return !Path.of(value.toString()).toString().isBlank();
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static boolean areHandles(Object value) {
    return ((List<?>) value)
        .stream()
            .map(Object::toString)
            .allMatch(handle -> isPath(handle) && Path.of(handle).getNameCount() == 1);
  }

  private static boolean isTopic(Object value) {
    return TOPIC_NAME.matcher(value.toString()).matches();
  }

  private static boolean isZone(Object value) {
    try {
      return value.toString().isEmpty() || ZoneId.of(value.toString()) != null;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
