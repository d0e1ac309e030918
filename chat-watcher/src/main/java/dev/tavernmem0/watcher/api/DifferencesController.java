package dev.tavernmem0.watcher.api;

import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.watcher.chatfile.ChatLimits;
import dev.tavernmem0.watcher.connect.ChatSourceConfig;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.host.WatcherProperties;
import dev.tavernmem0.watcher.state.ChatEntry;
import dev.tavernmem0.watcher.track.TrackerOptions;
import dev.tavernmem0.watcher.verify.ChatReading;
import dev.tavernmem0.watcher.verify.Differences;
import dev.tavernmem0.watcher.verify.FilesAndLog;
import dev.tavernmem0.watcher.view.ForgottenTurns;
import dev.tavernmem0.watcher.view.StateTopic;
import dev.tavernmem0.watcher.view.TrackedChat;
import dev.tavernmem0.watcher.view.TurnLog;
import java.time.Duration;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /v1/differences}: whether chat files and log say the same. Reads all of both, one
 * question at a time, and holds no chat text. Thread-safe.
 */
@RestController
class DifferencesController {
  private static final Logger LOG = LoggerFactory.getLogger(DifferencesController.class);
  private static final int MOST_DIFFERENCES = 10_000;

  /** From what the watcher sees to what a reader of committed records sees. */
  private static final Duration PUBLISHING = Duration.ofSeconds(1);

  private final TurnLog log;
  private final ForgottenTurns forgotten;
  private final StateTopic state;
  private final String tavern;
  private final ChatReading reading;
  private final Duration pause;

  DifferencesController(
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
  }

  @GetMapping("/v1/differences")
  Differences differences(@RequestParam(name = "limit", defaultValue = "100") int limit) {
    if (limit < 0 || limit > MOST_DIFFERENCES) {
      throw RefusedException.invalidField(
          "limit", limit, "send a number from 0 to " + MOST_DIFFERENCES);
    }
    Differences differences =
        log.alone(
            read ->
                new FilesAndLog(tavern, reading, this::tracked, read, forgotten(), this::pause)
                    .compare(limit));
    LOG.info(
        "{} chat files were compared with the log: {}, {} busy, {} not compared",
        differences.files(),
        differences.counts(),
        differences.busy(),
        differences.notCompared());
    return differences;
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
