package dev.tavernmem0.watcher.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ChatTreeMonitorTest {
  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private Path parent;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private Path root;
  private Path mara;
  private ChatTreeMonitor monitor;

  @BeforeEach
  void tree() throws IOException {
    root = parent.resolve("data");
    mara = Files.createDirectories(root.resolve("eve/chats/Mara"));
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void close() throws IOException {
    logger().detachAppender(log);
    if (monitor != null) {
      monitor.close();
    }
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(ChatTreeMonitor.class);
  }

  private void watch(WatchMode mode, Duration rescanInterval) throws IOException {
    monitor =
        new ChatTreeMonitor(
            new TavernTree(root, handle -> true), mode, rescanInterval, Duration.ofMillis(100));
  }

  private Set<String> poll(Duration timeout) throws InterruptedException {
    return monitor.poll(timeout).stream().map(ChatPath::toString).collect(Collectors.toSet());
  }

  private Set<String> seen() throws InterruptedException {
    return poll(Duration.ZERO);
  }

  private static Path write(Path directory, String name) throws IOException {
    return Files.writeString(directory.resolve(name), "{}");
  }

  /** As SillyTavern does. */
  private static void save(Path directory, String name) throws IOException {
    Path temporary = Files.writeString(directory.resolve(name + ".123"), "{}{}");
    Files.move(temporary, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void the_first_look_reports_what_is_there_and_the_second_nothing() throws Exception {
    write(mara, "a.jsonl");
    write(mara, "a.jsonl.4711");
    write(mara, "notes.txt");
    write(Files.createDirectories(root.resolve("eve/group chats")), "g.jsonl");
    write(Files.createDirectories(root.resolve("_cache/chats/Mara")), "no-user.jsonl");
    watch(WatchMode.AUTO, NEVER);

    assertThat(seen())
        .containsExactlyInAnyOrder("eve/chats/Mara/a.jsonl", "eve/group chats/g.jsonl");
    assertThat(seen()).isEmpty();
  }

  @Test
  void a_save_by_rename_is_reported_once() throws Exception {
    write(mara, "a.jsonl");
    watch(WatchMode.AUTO, NEVER);
    seen();

    save(mara, "a.jsonl");

    assertThat(poll(SOON)).containsExactly("eve/chats/Mara/a.jsonl");
    assertThat(poll(Duration.ofMillis(100))).isEmpty();
  }

  @Test
  void chats_of_users_and_characters_that_appear_later_are_reported() throws Exception {
    watch(WatchMode.AUTO, NEVER);
    seen();

    write(Files.createDirectories(root.resolve("adam/chats/Teo")), "b.jsonl");
    await().atMost(SOON).until(() -> seen().contains("adam/chats/Teo/b.jsonl"));
    save(root.resolve("adam/chats/Teo"), "b.jsonl");

    assertThat(poll(SOON)).containsExactly("adam/chats/Teo/b.jsonl");
  }

  @Test
  void more_changes_at_once_than_the_system_queues_are_all_found() throws Exception {
    watch(WatchMode.AUTO, NEVER);
    seen();

    for (int i = 0; i < 2000; i++) {
      save(mara, i + ".jsonl");
    }

    Set<String> found = poll(SOON);
    await()
        .atMost(SOON)
        .until(
            () -> {
              found.addAll(seen());
              return found.size() >= 2000;
            });
    assertThat(found).hasSize(2000);
    assertThat(log.list).anyMatch(event -> event.getFormattedMessage().contains("too many"));
  }

  @Test
  void a_directory_in_the_place_of_another_is_watched() throws Exception {
    write(mara, "a.jsonl");
    watch(WatchMode.AUTO, NEVER);
    seen();

    Path chats = root.resolve("eve/chats");
    Files.move(chats, root.resolve("eve/chats.bak"));
    write(Files.createDirectories(mara), "a.jsonl");
    await().atMost(SOON).until(() -> seen().contains("eve/chats/Mara/a.jsonl"));
    await().pollDelay(Duration.ofMillis(200)).until(() -> seen().isEmpty());
    save(mara, "a.jsonl");

    assertThat(poll(SOON)).containsExactly("eve/chats/Mara/a.jsonl");
  }

  @Test
  void chats_that_vanish_alone_or_with_their_character_are_reported() throws Exception {
    Path teo = Files.createDirectories(root.resolve("eve/chats/Teo"));
    Path one = write(mara, "a.jsonl");
    Path other = write(teo, "b.jsonl");
    watch(WatchMode.AUTO, Duration.ofMillis(100));
    seen();

    Files.delete(one);
    assertThat(poll(SOON)).containsExactly("eve/chats/Mara/a.jsonl");
    Files.delete(other);
    Files.delete(teo);
    assertThat(poll(SOON)).containsExactly("eve/chats/Teo/b.jsonl");
  }

  @Test
  void a_data_root_that_is_away_for_a_while_takes_no_chat_with_it() throws Exception {
    write(mara, "a.jsonl");
    watch(WatchMode.AUTO, Duration.ofMillis(100));
    seen();

    Path away = Files.move(root, parent.resolve("away"));
    assertThat(poll(Duration.ofMillis(500))).isEmpty();
    Files.createDirectories(root);
    assertThat(poll(Duration.ofMillis(500))).isEmpty();
    Files.delete(root);
    Files.move(away, root);
    assertThat(poll(Duration.ofMillis(500))).isEmpty();

    save(mara, "a.jsonl");
    assertThat(poll(SOON)).containsExactly("eve/chats/Mara/a.jsonl");
  }

  @Test
  void a_directory_that_became_a_link_takes_no_chat_with_it() throws Exception {
    write(mara, "a.jsonl");
    watch(WatchMode.AUTO, Duration.ofMillis(100));
    seen();

    Files.createSymbolicLink(mara, Files.move(mara, parent.resolve("elsewhere")));

    assertThat(poll(Duration.ofMillis(500))).isEmpty();
  }

  @Test
  void a_user_that_is_away_for_a_while_takes_no_chat_with_it() throws Exception {
    write(mara, "a.jsonl");
    watch(WatchMode.AUTO, Duration.ofMillis(100));
    seen();

    Path away = Files.move(root.resolve("eve"), parent.resolve("away"));
    assertThat(poll(Duration.ofMillis(500))).isEmpty();
    Files.createDirectories(root.resolve("eve"));
    assertThat(poll(Duration.ofMillis(500))).isEmpty();
    Files.delete(root.resolve("eve"));
    Files.move(away, root.resolve("eve"));

    assertThat(poll(Duration.ofMillis(500))).isEmpty();
  }

  @Test
  void an_empty_directory_in_the_place_of_all_chats_takes_them_with_it() throws Exception {
    write(mara, "a.jsonl");
    watch(WatchMode.AUTO, Duration.ofMillis(100));
    seen();

    // As a volume that is mounted there leaves it: it cannot be told from deleting everything.
    Files.move(root.resolve("eve/chats"), parent.resolve("away"));
    Files.createDirectories(root.resolve("eve/chats"));

    assertThat(poll(SOON)).containsExactly("eve/chats/Mara/a.jsonl");
  }

  @Test
  void without_events_changes_are_found_by_looking() throws Exception {
    write(mara, "a.jsonl");
    watch(WatchMode.POLL, NEVER);
    seen();

    save(mara, "a.jsonl");

    assertThat(poll(SOON)).containsExactly("eve/chats/Mara/a.jsonl");
  }

  @Test
  void changes_announced_while_nobody_listened_do_not_count_as_unannounced() throws Exception {
    Path file = write(mara, "a.jsonl");
    watch(WatchMode.AUTO, Duration.ofMillis(100));
    seen();

    Files.writeString(file, "{}{}{}");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
    await().pollDelay(Duration.ofMillis(300)).until(() -> true);

    assertThat(seen()).containsExactly("eve/chats/Mara/a.jsonl");
    assertThat(log.list).noneMatch(event -> event.getFormattedMessage().contains("without"));
  }

  @Test
  void a_close_ends_the_waiting() throws Exception {
    watch(WatchMode.AUTO, NEVER);
    seen();
    CompletableFuture<Set<String>> waiting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return poll(NEVER);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });

    monitor.close();

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isEmpty();
  }
}
