package dev.tavernmem0.bench;

import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** The watcher in a JVM of its own, seen from outside: its status, its CPU time, its heap. */
final class WatcherProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(50);

  private final Process process;
  private final Path output;
  private final HttpRequest statusRequest;
  private final HttpClient http = HttpClient.newHttpClient();

  private WatcherProcess(Process process, Path output, int port) {
    this.process = process;
    this.output = output;
    this.statusRequest =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/status"))
            .timeout(START_LIMIT)
            .build();
  }

  /** Starts it; it has done nothing yet when this returns. */
  static WatcherProcess start(Workspace workspace, RunOptions options) throws IOException {
    int port = freePort();
    Path output = workspace.directory().resolve("watcher-" + port + ".log");
    List<String> command = new ArrayList<>();
    command.add(Jdk.program("java"));
    command.add("-Xmx" + options.watcherHeap);
    command.addAll(options.watcherJvm);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(WatcherProcessMain.class.getName());
    command.addAll(
        new WatcherSettings(workspace.dataRoot(), workspace.bootstrapServers(), port).arguments());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    // Java takes the encoding of file names from the locale.
    builder.environment().put("LC_ALL", "C.UTF-8");
    return new WatcherProcess(builder.start(), output, port);
  }

  /** Waits until the engine runs. */
  void awaitRunning() {
    await(START_LIMIT, status -> status.path("engine").asString().equals("RUNNING"));
  }

  /** Waits until everything that was there at the start has been published. */
  void awaitSnapshotDone(Duration limit) {
    await(limit, status -> status.path("snapshot").asString("").equals("done"));
  }

  /** How many turn events it has published since its start. */
  long events() {
    return status().path("events").asLong();
  }

  /** Processor time of all its threads since its start. */
  Duration cpu() {
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(() -> new IllegalStateException("this system does not tell CPU times"));
  }

  /** Bytes of the objects that a full collection leaves. */
  long liveHeap() throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(Jdk.program("jcmd"), Long.toString(process.pid()), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    try (var lines = jcmd.inputReader()) {
      String total =
          lines
              .lines()
              .filter(line -> line.startsWith("Total"))
              .reduce((first, last) -> last)
              .orElseThrow(() -> new IllegalStateException("jcmd told no total"));
      jcmd.waitFor();
      String[] columns = total.trim().split("\\s+");
      return Long.parseLong(columns[2]);
    }
  }

  /** Ends it as an operator does, so that a recording is written. */
  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("the watcher did not stop");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void await(Duration limit, Predicate<JsonNode> wanted) {
    Awaitility.await("watcher")
        .atMost(limit)
        .pollInterval(POLL)
        .pollDelay(Duration.ZERO)
        .until(() -> wanted.test(status()));
  }

  /** An empty object while it does not answer yet. */
  private JsonNode status() {
    if (!process.isAlive()) {
      throw new IllegalStateException("the watcher ended:\n" + outputText());
    }
    try {
      return Json.MAPPER.readTree(
          http.send(statusRequest, HttpResponse.BodyHandlers.ofByteArray()).body());
    } catch (IOException e) {
      return Json.MAPPER.createObjectNode();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private String outputText() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return "(its output cannot be read: " + e + ")";
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }
}
