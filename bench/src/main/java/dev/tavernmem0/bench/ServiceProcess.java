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

/** A service in a JVM of its own, seen from outside: its status, its CPU time, its heap. */
final class ServiceProcess implements AutoCloseable {
  private static final Duration ANSWER_LIMIT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(50);

  private final String name;
  private final Process process;
  private final Path output;
  private final URI address;
  private final HttpClient http = HttpClient.newHttpClient();

  private ServiceProcess(String name, Process process, Path output, int port) {
    this.name = name;
    this.process = process;
    this.output = output;
    this.address = URI.create("http://127.0.0.1:" + port);
  }

  /**
   * Starts it; it has done nothing yet when this returns.
   *
   * @param name of it, for people
   * @param main its class
   * @param jvm options
   * @param arguments what it takes, but for its port
   * @param directory for its output
   */
  static ServiceProcess start(
      String name, Class<?> main, List<String> jvm, List<String> arguments, Path directory)
      throws IOException {
    int port = freePort();
    Path output = directory.resolve(name + "-" + port + ".log");
    List<String> command = new ArrayList<>();
    command.add(Jdk.program("java"));
    command.addAll(jvm);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(arguments);
    command.add("--server.port=" + port);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    // Java takes the encoding of file names from the locale.
    builder.environment().put("LC_ALL", "C.UTF-8");
    return new ServiceProcess(name, builder.start(), output, port);
  }

  /** An empty object while it does not answer yet. */
  JsonNode status() {
    String answer = get("/v1/status");
    return answer.isEmpty() ? Json.MAPPER.createObjectNode() : Json.MAPPER.readTree(answer);
  }

  /** What it answers; nothing while it does not answer yet. */
  String get(String path) {
    return send(HttpRequest.newBuilder(address.resolve(path)));
  }

  /** What it answers to a body. */
  String post(String path, String json) {
    return send(
        HttpRequest.newBuilder(address.resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  private String send(HttpRequest.Builder request) {
    if (!process.isAlive()) {
      throw new IllegalStateException("the " + name + " ended:\n" + outputText());
    }
    try {
      return http.send(request.timeout(ANSWER_LIMIT).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Waits until its status is as wanted. */
  void await(Duration limit, Predicate<JsonNode> wanted) {
    await(limit, POLL, wanted);
  }

  /** Waits until its status is as wanted, and looks as often as that. */
  void await(Duration limit, Duration poll, Predicate<JsonNode> wanted) {
    Awaitility.await(name)
        .atMost(limit)
        .pollInterval(poll)
        .pollDelay(Duration.ZERO)
        .until(() -> wanted.test(status()));
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
        throw new IOException("the " + name + " did not stop");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
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
