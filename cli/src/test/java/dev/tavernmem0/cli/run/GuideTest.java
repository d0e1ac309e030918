package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.tavernmem0.common.kafka.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the user is told after the start, whatever state the services are in. */
class GuideTest {
  @TempDir Path directory;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final StringWriter out = new StringWriter();
  private final AtomicInteger looks = new AtomicInteger();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final AtomicBoolean othersAreHere = new AtomicBoolean(true);
  private HttpServer services;
  private DataDirectory data;
  private Thread guide;

  @BeforeEach
  void start() throws IOException {
    data = DataDirectory.open(directory);
    services = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    services.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          looks.addAndGet(path.equals("/v1/status") ? 1 : 0);
          byte[] body =
              answers.getOrDefault(path, "{\"results\":[]}").getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    services.start();
  }

  @AfterEach
  void stop() throws Exception {
    stopping.countDown();
    guide.join();
    services.stop(0);
    data.close();
  }

  @Test
  void long_writing_goes_on_in_the_background_and_says_where_to_look() {
    status(4711, "");
    show();

    await().until(() -> out().contains("4711 turns still to be written"));
    await().until(() -> out().contains("in the background"));
    await().until(() -> out().contains("status:  http://127.0.0.1:"));
    assertThat(out()).doesNotContain("everything runs");

    status(0, "");
    await().until(() -> out().contains("everything runs"));
    assertThat(out()).containsOnlyOnce("status:");
  }

  @Test
  void nothing_is_done_before_the_writer_has_read_what_the_watcher_published() {
    status(0, ",\"events\":5,\"partitions\":[{\"next\":3},{\"next\":-1}]");
    show();

    await().until(() -> looks.get() > 12);
    assertThat(out()).doesNotContain("everything runs");

    status(0, ",\"events\":5,\"partitions\":[{\"next\":3},{\"next\":2}]");
    await().until(() -> out().contains("everything runs"));
  }

  @Test
  void a_mem0_that_is_away_is_named_as_the_reason() {
    status(3, ",\"paused_by\":\"unavailable\"");
    show();

    await().until(() -> out().contains("3 turns still to be written, but mem0 does not answer"));
  }

  @Test
  void a_pause_is_told_with_its_end_also_when_nothing_waits() {
    status(0, ",\"paused_by\":\"operator\"");
    show();

    await().until(() -> out().contains("everything runs"));
    await().until(() -> out().contains("writing is paused, and turns wait"));
    assertThat(out()).contains("curl -X POST http://127.0.0.1:", "/v1/resume");
  }

  @Test
  void what_mem0_refused_or_lost_is_told_with_what_to_do_and_again_when_it_becomes_more() {
    status(0, ",\"dead_turns\":2,\"empty_turns\":3");
    show();

    await().until(() -> out().contains("everything runs"));
    assertThat(out())
        .contains("mem0 refused 2 turns for good", "/v1/dead-letters", "requeues?fate=dead")
        .contains("nothing to remember in 3 turns", "/v1/batches?fate=empty")
        .doesNotContain("not in mem0 any more");

    status(0, ",\"dead_turns\":2,\"empty_turns\":4,\"sweep\":{\"missing_memories\":5}");
    await().until(() -> out().contains("5 memories are not in mem0 any more"));
    assertThat(out()).contains("requeues?missing=true").containsOnlyOnce("turns for good");

    status(0, ",\"dead_turns\":3");
    await().until(() -> out().contains("mem0 refused 3 turns for good"));
  }

  @Test
  void an_obstacle_that_lasts_is_told_once() {
    status(3, ",\"paused_by\":\"unavailable\"");
    show();

    await().until(() -> out().contains("in the background"));
    int before = looks.get();
    // Each look asks two services.
    await().until(() -> looks.get() >= before + 12);
    assertThat(out()).containsOnlyOnce("mem0 does not answer");
  }

  @Test
  void nothing_is_said_to_run_while_a_part_of_others_is_missing() {
    othersAreHere.set(false);
    status(0, "");
    show();

    await().until(() -> out().contains("goes on by itself"));
    await().until(() -> out().contains("status:  http://127.0.0.1:"));
    int before = looks.get();
    await().until(() -> looks.get() >= before + 12);
    assertThat(out())
        .doesNotContain("everything runs", "memories", "are remembered")
        .doesNotContain("still to be written", "the writer does not run");

    othersAreHere.set(true);
    await().until(() -> out().contains("everything runs"));
    assertThat(out()).containsOnlyOnce("status:");
  }

  @Test
  void a_writer_that_cannot_start_is_told_with_the_reason() {
    answers.put(
        "/v1/status",
        "{\"engine\":\"RUNNING\",\"snapshot\":\"done\",\"state\":\"CONNECTING\","
            + "\"last_error\":\"a ledger entry of format 1\"}");
    show();

    await().until(() -> out().contains("the writer does not run: a ledger entry of format 1"));
    assertThat(out()).doesNotContain("everything runs");
  }

  @Test
  void what_ends_the_writer_later_is_told_once() {
    status(0, "");
    show();
    await().until(() -> out().contains("everything runs"));

    answers.put("/v1/status", "{\"state\":\"CONNECTING\",\"last_error\":\"the log was replaced\"}");

    await().until(() -> out().contains("the writer does not run: the log was replaced"));
    int before = looks.get();
    await().until(() -> looks.get() >= before + 4);
    assertThat(out()).containsOnlyOnce("the writer does not run");
  }

  @Test
  void a_chat_whose_memories_wait_for_a_decision_is_told_once() {
    status(0, "");
    show();
    await().until(() -> out().contains("everything runs"));

    status(
        0,
        ",\"held\":[{\"id\":\"h1\",\"chat_file\":\"Mara.jsonl\",\"reason\":\"chat deleted\","
            + "\"turns_gone\":34}]");

    await().until(() -> out().contains("chat deleted, 34 texts: Mara.jsonl"));
    int before = looks.get();
    await().until(() -> looks.get() >= before + 4);
    assertThat(out()).containsOnlyOnce("chat deleted").contains("/v1/holds");
  }

  @Test
  void lines_that_are_no_messages_are_told() {
    status(0, ",\"bad_lines\":{\"a.jsonl\":2,\"b.jsonl\":1}");
    show();

    await().until(() -> out().contains("3 lines of chats are no messages"));
  }

  private void show() {
    int port = services.getAddress().getPort();
    RunOptions options =
        new RunOptions(
            new SillyTavernRoot(directory, List.of("default-user")),
            false,
            URI.create("http://127.0.0.1:" + port),
            null,
            Topics.LEDGER,
            null,
            null,
            new RunOptions.ListenPorts(port, port, port, port, port));
    Guide shown =
        new Guide(
            options,
            data,
            new Progress(new PrintWriter(out, true)),
            Duration.ofMillis(300),
            othersAreHere::get);
    guide =
        new Thread(
            () -> {
              try {
                shown.show(stopping);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    guide.start();
  }

  /** Watcher and writer share one port here, and so one answer. */
  private void status(int lag, String more) {
    answers.put(
        "/v1/status",
        "{\"engine\":\"RUNNING\",\"snapshot\":\"done\",\"state\":\"RUNNING\",\"lag\":%d%s}"
            .formatted(lag, more));
  }

  private String out() {
    synchronized (out.getBuffer()) {
      return out.toString();
    }
  }
}
