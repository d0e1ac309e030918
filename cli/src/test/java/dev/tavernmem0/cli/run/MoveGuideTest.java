package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the user is told of a move, whatever state the target's writer is in. */
class MoveGuideTest {
  private final StringWriter out = new StringWriter();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final AtomicBoolean targetIsHere = new AtomicBoolean(true);
  private volatile String status = "{}";
  private HttpServer services;
  private Thread guide;

  @BeforeEach
  void start() throws IOException {
    services = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    services.createContext(
        "/v1/status",
        exchange -> {
          byte[] body = status.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    services.start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    stopping.countDown();
    guide.join();
    services.stop(0);
  }

  @Test
  void how_to_switch_is_told_when_nothing_waits_any_more_and_what_was_refused() {
    status(40, "");
    show();

    await().until(() -> out().contains("target: 40 turns still to be written"));
    assertThat(out()).doesNotContain("switch:");

    status(0, ",\"dead_turns\":2");
    await().until(() -> out().contains("--mem0-url http://mem0.example:8001 --ledger a.ledger"));
    assertThat(out())
        .contains("nothing waits any more for the mem0 at http://mem0.example:8001")
        .contains("refused: 2 turns", "tavern-mem0 dead list --target")
        .contains("tavern-mem0 verify --target")
        .doesNotContain("s3cret");
  }

  @Test
  void nothing_is_said_to_be_written_while_the_target_is_away() {
    targetIsHere.set(false);
    status(0, "");
    show();
    await().during(Duration.ofSeconds(2)).until(() -> !out().contains("target:"));

    targetIsHere.set(true);
    await().until(() -> out().contains("switch:"));
  }

  @Test
  void a_refused_key_is_told_as_the_targets() {
    status(3, ",\"paused_by\":\"auth\"");
    show();

    await().until(() -> out().contains("refuses the key in TAVERN_TARGET_MEM0_API_KEY"));
  }

  /** Watcher and writer share one port here, and so one answer. */
  private void status(int lag, String more) {
    status =
        "{\"engine\":\"RUNNING\",\"snapshot\":\"done\",\"state\":\"RUNNING\",\"lag\":%d%s}"
            .formatted(lag, more);
  }

  private void show() {
    int port = services.getAddress().getPort();
    MoveGuide shown =
        new MoveGuide(
            new RunOptions.ListenPorts(port, 0, 0, 0, 0),
            new Target(URI.create("http://mem0.example:8001"), "s3cret", "a.ledger", port),
            new Progress(new PrintWriter(out, true)),
            Duration.ofMillis(300),
            targetIsHere::get);
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

  private String out() {
    synchronized (out.getBuffer()) {
      return out.toString();
    }
  }
}
