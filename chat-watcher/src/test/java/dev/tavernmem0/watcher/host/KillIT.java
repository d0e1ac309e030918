package dev.tavernmem0.watcher.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import dev.tavernmem0.testkit.sillytavern.ChatMessage;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import dev.tavernmem0.watcher.connect.FoldedChats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The service killed at every step between the first event of a save and its stored state, with the
 * chat changed while it is down.
 *
 * <p>{@code -Dtavern.test.kill=all} takes every kind of save with every kind of change; without it,
 * one save with edits and deletions in turn.
 */
class KillIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  @TempDir private Path directory;
  private SimulatedChat chat;
  private int said;

  /** A save with several events. */
  enum Save {
    EDIT_AND_MORE,
    INSERT_AND_SWIPE,
    CUT,
    HIDE_AND_MOVE
  }

  /** What happens while the service is down. */
  enum Change {
    EDIT,
    DELETE,
    EDIT_AND_DELETE_IN_TURN
  }

  record Story(Save save, Change change) {}

  static List<Story> stories() {
    if (!"all".equals(System.getProperty("tavern.test.kill"))) {
      return List.of(new Story(Save.EDIT_AND_MORE, Change.EDIT_AND_DELETE_IN_TURN));
    }
    return List.of(Save.values()).stream()
        .flatMap(
            save ->
                List.of(Change.EDIT, Change.DELETE).stream().map(change -> new Story(save, change)))
        .toList();
  }

  @BeforeEach
  void chat() throws IOException {
    KAFKA.freshTopics(2);
    SimulatedUser user = SillyTavernSimulator.at(directory.resolve("staged")).user("default-user");
    chat = user.newChat(user.character("Mara", "Welcome."));
    for (int i = 0; i < 8; i++) {
      chat.ask("Question " + i, "Answer " + i);
    }
    show();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stories")
  void the_log_says_what_the_file_says_wherever_the_service_is_killed(Story story)
      throws IOException {
    int steps = 0;
    boolean killed = true;
    for (int step = 1; killed; step++) {
      killed = killedAt(step, story);
      steps += killed ? 1 : 0;
    }
    // One that has sent everything, and ends before or while it commits.
    assertThat(killedAt(-steps, story)).isTrue();
    assertThat(steps).isGreaterThan(3);

    Files.delete(halt());
    try (WatcherProcess watcher = start()) {
      awaitLogEqualsFile();
      watcher.stop();
    }
    assertThat(KAFKA.reader().turnEvents()).extracting(TurnEvent::eventId).doesNotHaveDuplicates();
  }

  /** Whether the save had such a step. */
  private boolean killedAt(int step, Story story) throws IOException {
    Files.deleteIfExists(halt());
    try (WatcherProcess watcher = start()) {
      awaitLogEqualsFile();
      Files.writeString(halt(), Integer.toString(step));
      save(story.save());
      show();
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> !watcher.isAlive() || logEqualsFile());
      watcher.stop();
      change(story.change(), step);
      show();
      return watcher.exitValue() == HaltingInterceptor.EXIT_VALUE;
    }
  }

  private void save(Save save) {
    said++;
    switch (save) {
      case EDIT_AND_MORE -> {
        chat.edit(2, "Edited " + said);
        chat.ask("More " + said, "Much more " + said);
      }
      case INSERT_AND_SWIPE -> {
        chat.sendAt(3, "Between " + said);
        chat.swipe("Swiped " + said);
        chat.send("And " + said);
      }
      case CUT -> {
        chat.ask("To be kept " + said, "This too " + said);
        chat.ask("And " + said, "On " + said);
        chat.cut(3, 4);
      }
      case HIDE_AND_MOVE -> {
        chat.hide(2, 3);
        chat.moveUp(chat.size() - 1);
        chat.ask("More " + said, "Much more " + said);
      }
    }
  }

  private void change(Change change, int step) {
    boolean edit =
        change == Change.EDIT || (change == Change.EDIT_AND_DELETE_IN_TURN && step % 2 != 0);
    if (edit) {
      chat.edit(chat.size() - 2, "Edited while it was down " + said);
    } else {
      chat.delete(chat.size() - 2);
    }
  }

  /** Several changes arrive as one save. */
  private void show() throws IOException {
    Path staged = directory.resolve("staged");
    Path shown = directory.resolve("data").resolve(staged.relativize(chat.path()));
    Files.createDirectories(shown.getParent());
    Path saving = directory.resolve("saving");
    Files.copy(chat.path(), saving, StandardCopyOption.REPLACE_EXISTING);
    Files.move(saving, shown, StandardCopyOption.ATOMIC_MOVE);
  }

  private WatcherProcess start() {
    return WatcherProcess.start(
        KAFKA.bootstrapServers(),
        directory.resolve("data"),
        "--spring.kafka.producer.properties.interceptor.classes="
            + HaltingInterceptor.class.getName(),
        "--spring.kafka.producer.properties." + HaltingInterceptor.FILE + "=" + halt());
  }

  private Path halt() {
    return directory.resolve("halt");
  }

  private void awaitLogEqualsFile() {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(logged()).isEqualTo(written()));
  }

  private boolean logEqualsFile() {
    return logged().equals(written());
  }

  private List<String> written() {
    return chat.messages().stream().map(ChatMessage::text).toList();
  }

  private List<String> logged() {
    return new FoldedChats(KAFKA.reader().turnEvents()).texts("default-user:" + chat.integrity());
  }
}
