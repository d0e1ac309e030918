package dev.tavernmem0.cli.pipeline;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.testkit.process.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** A service in a JVM of its own, which can be killed, frozen and started again. */
final class Service implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(ANSWER).build();

  private final String kind;
  private final String name;
  private final Path directory;
  private final Map<String, String> settings;
  private @Nullable JavaProcess process;
  private boolean frozen;

  /**
   * A service that does not run yet.
   *
   * @param kind which one, for {@link ServiceMain}
   * @param name of this instance: of its log in the directory
   */
  Service(String kind, String name, Path directory, Map<String, String> settings) {
    this.kind = kind;
    this.name = name;
    this.directory = directory;
    this.settings = Map.copyOf(settings);
  }

  String name() {
    return name;
  }

  Path log() {
    return directory.resolve(name + ".log");
  }

  /** Starts it; returns at once. */
  void launch() {
    if (isAlive()) {
      throw new IllegalStateException(name + " runs already");
    }
    List<String> arguments = new ArrayList<>(List.of(kind, portFile().toString()));
    settings.forEach((key, value) -> arguments.add("--" + key + "=" + value));
    try {
      Files.deleteIfExists(portFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    process =
        JavaProcess.start(
            ServiceMain.class.getName(),
            List.of(
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:+ExitOnOutOfMemoryError"),
            arguments,
            log());
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  boolean isFrozen() {
    return isAlive() && frozen;
  }

  void kill() {
    frozen = false;
    started().kill();
  }

  /** Asks it to stop and waits for that. */
  void stop() {
    started().stop();
  }

  void freeze() {
    started().freeze();
    frozen = true;
  }

  void thaw() {
    started().thaw();
    frozen = false;
  }

  /** The answer to a GET; a missing node while it does not answer, or not with 200. */
  JsonNode get(String path) {
    return call(request(path).GET());
  }

  /** The answer to a POST without a body, as {@link #get}. */
  JsonNode post(String path) {
    return call(request(path).POST(HttpRequest.BodyPublishers.noBody()));
  }

  /** Where it listens; an address at which nobody does before it has started. */
  String url() {
    try {
      return "http://127.0.0.1:" + (Files.exists(portFile()) ? Files.readString(portFile()) : "1");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url() + path)).timeout(ANSWER);
  }

  private static JsonNode call(HttpRequest.Builder request) {
    try {
      HttpResponse<byte[]> answer =
          HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return answer.statusCode() / 100 == 2
          ? Json.MAPPER.readTree(answer.body())
          : MissingNode.getInstance();
    } catch (IOException e) {
      return MissingNode.getInstance();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return MissingNode.getInstance();
    }
  }

  private Path portFile() {
    return directory.resolve(name + ".port");
  }

  private JavaProcess started() {
    if (process == null) {
      throw new IllegalStateException(name + " was never started");
    }
    return process;
  }

  @Override
  public void close() {
    if (isAlive()) {
      kill();
    }
  }
}
