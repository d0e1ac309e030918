package dev.tavernmem0.common.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** The topics of the pipeline and how they are made. Thread-safe. */
public final class Topics {
  /**
   * Turn events; keyed by {@link TurnKeys}, partitioned by scope ({@link ScopePartition}), kept for
   * ever: the backfill source and the chats' backup. No two records have one key, and the topic is
   * compacted only while some are erased.
   */
  public static final String TURNS = "tavern.chat.turns";

  /** Turn events that could not be written, with the reason in their headers; as {@link #TURNS}. */
  public static final String TURNS_DLT = "tavern.chat.turns.dlt";

  /** The writer's ledger, compacted; partitioned like {@link #TURNS} by scope. */
  public static final String LEDGER = "tavern.memory.ledger";

  /** Which scope id a character has, by handle and avatar; compacted. */
  public static final String CHARACTERS = "tavern.characters";

  /**
   * What users decided about memories (forgotten, edited, pinned, added by hand, chats not to be
   * remembered); compacted, partitioned like {@link #TURNS} by scope.
   */
  public static final String CURATION = "tavern.memory.curation";

  /**
   * Which chats the watcher knows, by directory; compacted. Source offsets move with records only,
   * and these are the records of what concerns no turn. Nothing reads it back.
   */
  public static final String CHATS = "tavern.watcher.chats";

  /** The watcher's source offsets, compacted; Kafka Connect's format. */
  public static final String WATCHER_OFFSETS = "tavern.watcher.offsets";

  /**
   * What operators ask the watcher to do, in the form of Debezium's signals; keyed by the logical
   * name of the SillyTavern that is meant.
   */
  public static final String SIGNALS = "tavern.ops.signals";

  /** How snapshots go on, in the form of Debezium's notifications; keyed by the snapshot's id. */
  public static final String NOTIFICATIONS = "tavern.ops.notifications";

  /** Which groups of writers an operator has paused; compacted, keyed by the group's id. */
  public static final String PAUSES = "tavern.ops.pauses";

  /** What operators want replayed, and how far that is; compacted, keyed by the writers' group. */
  public static final String REPLAYS = "tavern.ops.replays";

  /** What users want forgotten, and how far that is; compacted, keyed by the writers' group. */
  public static final String FORGETS = "tavern.ops.forgets";

  /** What the name of a ledger looks like. */
  public static final String LEDGER_NAMES = "[a-zA-Z0-9_-][a-zA-Z0-9._-]{0,199}";

  /** Of {@code min.compaction.lag.ms}: how long the turns are not compacted. */
  public static final String NEVER_COMPACTED_MS = Long.toString(Long.MAX_VALUE);

  private static final Map<String, String> KEPT_BUT_FOR_WHAT_IS_ERASED =
      Map.of(
          TopicConfig.CLEANUP_POLICY_CONFIG,
          TopicConfig.CLEANUP_POLICY_COMPACT,
          // Nothing is compacted but while something is erased: each time copies years of chats,
          // and would take the records of a program that gives several of them one key.
          TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG,
          NEVER_COMPACTED_MS,
          TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
          Integer.toString(MaxRecordSize.BYTES));

  private static final Map<String, String> COMPACTED =
      Map.of(
          TopicConfig.CLEANUP_POLICY_CONFIG,
          TopicConfig.CLEANUP_POLICY_COMPACT,
          // What is read at every start: only closed segments are compacted, and 1 GiB is a lot.
          TopicConfig.SEGMENT_BYTES_CONFIG,
          Integer.toString(4 * MaxRecordSize.BYTES),
          TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
          Integer.toString(MaxRecordSize.BYTES));

  private static final Map<String, String> KEPT_FOR_A_MONTH =
      Map.of(
          TopicConfig.CLEANUP_POLICY_CONFIG,
          TopicConfig.CLEANUP_POLICY_DELETE,
          TopicConfig.RETENTION_MS_CONFIG,
          Long.toString(Duration.ofDays(30).toMillis()),
          TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
          Integer.toString(MaxRecordSize.BYTES));

  private Topics() {}

  /**
   * A ledger: one for each mem0 that the turns are written to.
   *
   * @param name {@link #LEDGER}, or another where there is more than one
   */
  public static NewTopic ledger(String name, int partitions, short replicationFactor) {
    return new NewTopic(name, partitions, replicationFactor).configs(COMPACTED);
  }

  /** Whether a ledger cannot be called so: it is no name of one, or that of another topic. */
  public static boolean isNoLedger(String name) {
    return !name.matches(LEDGER_NAMES)
        || (!name.equals(LEDGER)
            && all(1, (short) 1).stream().anyMatch(topic -> topic.name().equals(name)));
  }

  /**
   * All topics.
   *
   * @param partitions of the turns and of everything co-partitioned with them
   * @param replicationFactor 1 on a single broker
   */
  public static List<NewTopic> all(int partitions, short replicationFactor) {
    return List.of(
        new NewTopic(TURNS, partitions, replicationFactor).configs(KEPT_BUT_FOR_WHAT_IS_ERASED),
        new NewTopic(TURNS_DLT, partitions, replicationFactor).configs(KEPT_BUT_FOR_WHAT_IS_ERASED),
        ledger(LEDGER, partitions, replicationFactor),
        new NewTopic(CURATION, partitions, replicationFactor).configs(COMPACTED),
        new NewTopic(CHARACTERS, 1, replicationFactor).configs(COMPACTED),
        new NewTopic(CHATS, 1, replicationFactor).configs(COMPACTED),
        new NewTopic(WATCHER_OFFSETS, 1, replicationFactor).configs(COMPACTED),
        new NewTopic(PAUSES, 1, replicationFactor).configs(COMPACTED),
        new NewTopic(REPLAYS, 1, replicationFactor).configs(COMPACTED),
        new NewTopic(FORGETS, 1, replicationFactor).configs(COMPACTED),
        new NewTopic(SIGNALS, 1, replicationFactor).configs(KEPT_FOR_A_MONTH),
        new NewTopic(NOTIFICATIONS, 1, replicationFactor).configs(KEPT_FOR_A_MONTH));
  }
}
