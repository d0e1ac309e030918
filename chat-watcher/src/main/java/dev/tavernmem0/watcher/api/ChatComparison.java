package dev.tavernmem0.watcher.api;

import dev.tavernmem0.service.task.SharedTask;
import dev.tavernmem0.service.task.TaskProgress;
import dev.tavernmem0.watcher.chatfile.ChatLimits;
import dev.tavernmem0.watcher.connect.ChatSourceConfig;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.host.WatcherProperties;
import dev.tavernmem0.watcher.rescue.TurnReader;
import dev.tavernmem0.watcher.state.ChatEntry;
import dev.tavernmem0.watcher.track.GoneChat;
import dev.tavernmem0.watcher.track.TrackerOptions;
import dev.tavernmem0.watcher.verify.ChatReading;
import dev.tavernmem0.watcher.verify.Differences;
import dev.tavernmem0.watcher.verify.FilesAndLog;
import dev.tavernmem0.watcher.view.ForgottenTurns;
import dev.tavernmem0.watcher.view.StateTopic;
import dev.tavernmem0.watcher.view.TrackedChat;
import dev.tavernmem0.watcher.view.TurnLog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Has this SillyTavern's files compared with the log, one comparison at a time: on the caller's
 * thread, or, for those who do not wait, on one of its own. Thread-safe.
 */
@Component
class ChatComparison implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChatComparison.class);

  /** Of each kind a comparison that nobody waits for tells so many. */
  private static final int MOST_TOLD = 500;

  /** From what the watcher sees to what a reader of committed records sees. */
  private static final Duration PUBLISHING = Duration.ofSeconds(1);

  private final TurnLog log;
  private final ForgottenTurns forgotten;
  private final StateTopic state;
  private final String tavern;
  private final ChatReading reading;
  private final Duration pause;
  private final SharedTask<Differences> task;

  ChatComparison(
      TurnLog log, ForgottenTurns forgotten, StateTopic state, WatcherProperties properties) {
    ChatSourceConfig config = properties.connectorConfig();
    TrackerOptions options = config.tracker("");
    this.log = log;
    this.forgotten = forgotten;
    this.state = state;
    this.tavern = config.tavernName();
    this.reading =
        new ChatReading(
            new TavernTree(config.dataRoot(), config::wants),
            ChatLimits.ofMemory(options.maxLineBytes(), Runtime.getRuntime().maxMemory()),
            options.zone());
    this.pause =
        config
            .pollInterval()
            .plus(options.settleFile())
            .plus(options.renameWindow())
            .plus(PUBLISHING);
    this.task =
        new SharedTask<>(
            "the comparison of files and log",
            this::compare,
            ChatComparison::reason,
            InstantSource.system());
  }

  /** In words; of a fault of ours only the class, since its words can be a chat's. */
  private static String reason(RuntimeException e) {
    boolean isOurs = e instanceof TurnLog.UnreadableException || e instanceof TurnLog.BusyException;
    return isOurs
        ? String.valueOf(e.getMessage())
        : "a fault of the watcher: " + e.getClass().getName();
  }

  /** Begins to compare all, or joins that; returns at once. */
  SharedTask.Status<Differences> begin() {
    return task.begin();
  }

  /** How the comparison that was begun last stands. */
  SharedTask.Status<Differences> status() {
    return task.status();
  }

  @Override
  public void close() {
    task.close();
  }

  /**
   * Compares all.
   *
   * @param most of each kind are told
   * @throws TurnLog.UnreadableException if the brokers do not answer
   * @throws TurnLog.BusyException if the log is being read for somebody else
   */
  Differences compare(int most) {
    return compare(most, new TaskProgress());
  }

  private Differences compare(TaskProgress progress) {
    return compare(MOST_TOLD, progress);
  }

  private Differences compare(int most, TaskProgress progress) {
    Differences differences = log.alone(read -> filesAndLog(read).compare(most), progress);
    LOG.info(
        "{} chat files were compared with the log: {}, {} busy, {} not compared",
        differences.files(),
        differences.counts(),
        differences.busy(),
        differences.notCompared());
    return differences;
  }

  /**
   * Those of some chats that can be deleted where the log has them. None if a file could not be
   * compared, or a directory listed: it may be one of them under another name.
   *
   * @throws TurnLog.UnreadableException if the brokers do not answer
   * @throws TurnLog.BusyException if the log is being read for somebody else
   */
  List<GoneChat> gone(Set<String> chatIds) {
    return log.alone(
        read -> {
          FilesAndLog all = filesAndLog(read);
          int notCompared = all.compare(0).notCompared();
          if (notCompared > 0) {
            LOG.warn("no chat is deleted: {} files or chats could not be compared", notCompared);
            return List.of();
          }
          return all.gone(chatIds);
        });
  }

  private FilesAndLog filesAndLog(ToIntFunction<TurnReader> read) {
    return new FilesAndLog(tavern, reading, this::tracked, read, forgotten(), this::pause);
  }

  private ToIntFunction<String> forgotten() {
    Map<String, Integer> perChat = forgotten.perChat();
    return chatId -> perChat.getOrDefault(chatId, 0);
  }

  private Map<ChatPath, ChatEntry> tracked() {
    return state.chats().stream().collect(Collectors.toMap(TrackedChat::path, TrackedChat::entry));
  }

  private void pause() {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped amid a comparison", e);
    }
  }
}
