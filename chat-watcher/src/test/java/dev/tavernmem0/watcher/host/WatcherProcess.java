package dev.tavernmem0.watcher.host;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** The service in a JVM of its own, which can be killed and frozen. */
final class WatcherProcess implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Pattern PORT = Pattern.compile(WatcherMain.LISTENING + "(\\d+)\\.");

  private final Process process;
  private final Path output;

  private WatcherProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Starts it; returns at once. */
  static WatcherProcess launch(String bootstrapServers, Path dataRoot, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                WatcherMain.class.getName(),
                "--server.port=0",
                "--spring.kafka.bootstrap-servers=" + bootstrapServers,
                "--tavern.watcher.connector.data.root=" + dataRoot,
                "--tavern.watcher.connector.rename.window.ms=200",
                "--tavern.watcher.connector.settle.file.ms=200"));
    command.addAll(List.of(more));
    try {
      Path output = Files.createTempFile(dataRoot.getParent(), "watcher", ".log");
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      return new WatcherProcess(process, output);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a watcher process", e);
    }
  }

  /** Starts it and waits until it has looked at everything that is there. */
  static WatcherProcess start(String bootstrapServers, Path dataRoot, String... more) {
    WatcherProcess watcher = launch(bootstrapServers, dataRoot, more);
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> "done".equals(watcher.status().get("snapshot")));
    return watcher;
  }

  /** {@code GET /v1/status}; empty while it does not answer. */
  Map<?, ?> status() {
    if (!process.isAlive()) {
      throw new IllegalStateException("the watcher ended:\n" + log());
    }
    Matcher port = PORT.matcher(log());
    if (!port.find()) {
      return Map.of();
    }
    try {
      return RestClient.create("http://127.0.0.1:" + port.group(1))
          .get()
          .uri("/v1/status")
          .retrieve()
          .requiredBody(Map.class);
    } catch (ResourceAccessException e) {
      return Map.of();
    }
  }

  /** The status code of its readiness. */
  int readiness() {
    Matcher port = PORT.matcher(log());
    if (!port.find()) {
      throw new IllegalStateException("it is not listening:\n" + log());
    }
    return RestClient.create("http://127.0.0.1:" + port.group(1))
        .get()
        .uri("/actuator/health/readiness")
        .exchangeForRequiredValue((request, response) -> response.getStatusCode().value());
  }

  String log() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int exitValue() {
    return process.exitValue();
  }

  /** {@code kill -STOP}. */
  void freeze() {
    signal("-STOP");
  }

  /** {@code kill -CONT}. */
  void thaw() {
    signal("-CONT");
  }

  /** {@code kill -9}. */
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Asks it to stop. */
  void stop() {
    process.destroy();
    awaitEnd();
  }

  @Override
  public void close() {
    kill();
  }

  void awaitEnd() {
    await().atMost(SOON).pollInterval(Duration.ofMillis(20)).until(() -> !process.isAlive());
  }

  private void signal(String signal) {
    try {
      new ProcessBuilder("kill", signal, Long.toString(process.pid()))
          .inheritIO()
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
