package dev.tavernmem0.cli.run;

import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;

/** {@code tavern-mem0 run} as a user starts it: the packaged jar in a JVM of its own. */
public final class RunningPipeline implements AutoCloseable {
  public static final Path JAR = Path.of("target", "tavern-mem0.jar");
  private static final Duration START = Duration.ofMinutes(3);

  private final Ports ports;
  private final Path dataDir;
  private final Process process;
  private final Path output;

  /** Ports that stay the same over restarts. */
  public record Ports(int retriever, int writer, int watcher, int memory, int kafka) {
    public static Ports free() {
      List<ServerSocket> sockets = new ArrayList<>();
      try {
        for (int i = 0; i < 5; i++) {
          sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        List<Integer> free = sockets.stream().map(ServerSocket::getLocalPort).toList();
        for (ServerSocket socket : sockets) {
          socket.close();
        }
        return new Ports(free.get(0), free.get(1), free.get(2), free.get(3), free.get(4));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private RunningPipeline(Ports ports, Path dataDir, Process process, Path output) {
    this.ports = ports;
    this.dataDir = dataDir;
    this.process = process;
    this.output = output;
  }

  /** Starts it; returns at once. */
  static RunningPipeline start(Ports ports, Path dataDir, String... more) throws IOException {
    return start(Map.of(), ports, dataDir, more);
  }

  /** Starts it with more environment variables; returns at once. */
  public static RunningPipeline start(
      Map<String, String> environment, Ports ports, Path dataDir, String... more)
      throws IOException {
    return start(JAR, environment, ports, dataDir, more);
  }

  /** Starts another release of it; returns at once. */
  static RunningPipeline start(
      Path jar, Map<String, String> environment, Ports ports, Path dataDir, String... more)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar"));
    command.addAll(List.of(jar.toString(), "run", "--data-dir", dataDir.toString()));
    command.addAll(List.of("--retriever-port", "" + ports.retriever()));
    command.addAll(List.of("--writer-port", "" + ports.writer()));
    command.addAll(List.of("--watcher-port", "" + ports.watcher()));
    command.addAll(List.of("--memory-port", "" + ports.memory()));
    command.addAll(List.of("--kafka-port", "" + ports.kafka()));
    command.addAll(List.of(more));
    Path output = Files.createTempFile(dataDir.toAbsolutePath().getParent(), "run", ".out");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LC_ALL", "C.UTF-8");
    // As an .env file leaves them: set to nothing, which is as good as not set.
    for (String variable :
        List.of("TAVERN_SILLYTAVERN", "MEM0_BASE_URL", "SPRING_KAFKA_BOOTSTRAP_SERVERS")) {
      builder.environment().put(variable, "");
    }
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    return new RunningPipeline(ports, dataDir, builder.start(), output);
  }

  public RunningPipeline awaitOutput(String text) {
    await()
        .atMost(START)
        .failFast("it ended early: " + output, () -> !process.isAlive())
        .until(() -> output().contains(text));
    return this;
  }

  public RunningPipeline awaitReady() {
    return awaitOutput("everything runs");
  }

  public String output() throws IOException {
    return Files.readString(output);
  }

  /** Texts of all memories with their scope, sorted, duplicates included. */
  List<String> memories() {
    JsonNode answer =
        get(
            "http://127.0.0.1:" + ports.memory() + "/memories?user_id=default-user&top_k=1000",
            memoryServerKey());
    List<String> memories = new ArrayList<>();
    answer
        .path("results")
        .forEach(
            memory ->
                memories.add(
                    memory.path("agent_id").asString() + ": " + memory.path("memory").asString()));
    memories.sort(null);
    return memories;
  }

  JsonNode post(String path, Map<String, ?> body) {
    byte[] answer =
        http()
            .post()
            .uri("http://127.0.0.1:" + ports.retriever() + path)
            .contentType(MediaType.APPLICATION_JSON)
            .body(Json.MAPPER.writeValueAsBytes(body))
            .retrieve()
            .body(byte[].class);
    return Json.MAPPER.readTree(answer);
  }

  String bootstrapServers() {
    return "127.0.0.1:" + ports.kafka();
  }

  /** What a service answers to {@code GET}, whatever the status. */
  JsonNode ask(int port, String path) {
    byte[] answer =
        http()
            .get()
            .uri("http://127.0.0.1:" + port + path)
            .exchangeForRequiredValue((sent, response) -> response.getBody().readAllBytes());
    return Json.MAPPER.readTree(answer);
  }

  /** The status of what a service answers to {@code GET}. */
  int status(int port, String path) {
    return http()
        .get()
        .uri("http://127.0.0.1:" + port + path)
        // The memory server's; the others want none.
        .header("X-API-Key", memoryServerKey())
        .exchangeForRequiredValue((sent, response) -> response.getStatusCode().value());
  }

  /** Ctrl-C. */
  public void terminate() throws InterruptedException, TimeoutException {
    process.destroy();
    awaitEnd();
  }

  /** Waits until it ends by itself. */
  int exitCode() throws InterruptedException, TimeoutException {
    awaitEnd();
    return process.exitValue();
  }

  /** {@code kill -9}. */
  void kill() throws InterruptedException, TimeoutException {
    process.destroyForcibly();
    awaitEnd();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private void awaitEnd() throws InterruptedException, TimeoutException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new TimeoutException("it did not end within 60 s");
    }
  }

  private String memoryServerKey() {
    try {
      return Files.readString(dataDir.resolve("memory-server.key"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode get(String url, String key) {
    return Json.MAPPER.readTree(
        http().get().uri(url).header("X-API-Key", key).retrieve().body(byte[].class));
  }

  private static RestClient http() {
    return RestClient.builder().requestFactory(new JdkClientHttpRequestFactory()).build();
  }
}
