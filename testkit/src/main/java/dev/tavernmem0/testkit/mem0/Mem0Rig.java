package dev.tavernmem0.testkit.mem0;

import dev.tavernmem0.testkit.fixtures.StackImages;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The real mem0 as processes: the server of {@code docker/mem0} with {@code mem0ai} from PyPI,
 * PostgreSQL with pgvector and, for {@link Generation#V1}, Neo4j. Only the model is a stand-in,
 * which answers as a test says. Everything ends with this JVM, however that ends. Thread-safe.
 */
public final class Mem0Rig implements AutoCloseable {
  private static final String SKIPPED = "SKIPPED: ";
  private static final int END_LIMIT_SECONDS = 30;

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter commands;
  private final URI url;
  private final String apiKey;

  private Mem0Rig(Process process, BufferedReader answers, JsonNode address) {
    this.process = process;
    this.answers = answers;
    this.commands = process.outputWriter();
    this.url = URI.create(address.path("url").stringValue());
    this.apiKey = address.path("key").stringValue();
  }

  /**
   * Starts it, which takes seconds; a minute where the environments have to be made first.
   *
   * @throws UnavailableException where they cannot be had
   */
  static Mem0Rig start(Generation generation) throws UnavailableException {
    String flavour = generation == Generation.V1 ? "graph" : "vector";
    String script = StackImages.directory().resolve("mem0").resolve("test").toString();
    Process process = run(script, flavour);
    BufferedReader answers = process.inputReader();
    try {
      String first = answers.readLine();
      if (first != null && first.startsWith(SKIPPED)) {
        throw new UnavailableException(
            "no real mem0 of flavour " + flavour + ": " + first.substring(SKIPPED.length()));
      }
      if (first == null || !first.startsWith("{")) {
        process.destroy();
        throw new IllegalStateException("the rig of docker/mem0 did not start, but said: " + first);
      }
      return new Mem0Rig(process, answers, JsonMapper.shared().readTree(first));
    } catch (IOException e) {
      throw new UncheckedIOException("the rig of docker/mem0 did not say where it is", e);
    }
  }

  private static Process run(String script, String flavour) throws UnavailableException {
    try {
      return new ProcessBuilder(script, "rig", flavour)
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
    } catch (IOException e) {
      throw new UnavailableException("no real mem0: docker/mem0/test cannot be run here", e);
    }
  }

  /** The server's address, the same after a restart. */
  public URI url() {
    return url;
  }

  public String apiKey() {
    return apiKey;
  }

  /** Back to a model that answers as usual and has seen no calls. */
  public void reset() {
    carryOut(Map.of("command", "reset"));
  }

  /** Has the model answer by these rules, the first that fits; they take the place of others. */
  public void program(ModelRule... rules) {
    List<Map<String, Object>> fields = Arrays.stream(rules).map(ModelRule::fields).toList();
    carryOut(Map.of("command", "program", "rules", fields));
  }

  /** Has the model answer what it lets wait. */
  public void release() {
    carryOut(Map.of("command", "release"));
  }

  /** What the model was asked since the last reset. */
  public List<ModelCall> calls() {
    List<ModelCall> calls = new ArrayList<>();
    for (JsonNode call : carryOut(Map.of("command", "calls")).path("calls")) {
      calls.add(new ModelCall(call.path("kind").stringValue(), call.path("said").stringValue()));
    }
    return calls;
  }

  /** {@code kill -9} of the server; its databases stay. */
  public void kill() {
    carryOut(Map.of("command", "kill"));
  }

  /**
   * Starts the server again after {@link #kill}; returns when it is ready.
   *
   * @param variables environment variables beside the usual ones
   */
  public void start(Map<String, String> variables) {
    carryOut(Map.of("command", "start", "variables", variables));
  }

  private synchronized JsonNode carryOut(Map<String, Object> command) {
    try {
      commands.write(JsonMapper.shared().writeValueAsString(command));
      commands.newLine();
      commands.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new IllegalStateException("the rig has ended at the command " + command);
      }
      return JsonMapper.shared().readTree(answer);
    } catch (IOException e) {
      throw new UncheckedIOException("the rig did not take the command " + command, e);
    }
  }

  /** What it needs is not to be had on this machine; the message says what. */
  static final class UnavailableException extends Exception {
    UnavailableException(String message) {
      super(message);
    }

    UnavailableException(String message, IOException cause) {
      super(message, cause);
    }
  }

  @Override
  public void close() throws IOException {
    commands.close();
    try {
      if (!process.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroy();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroy();
    }
  }
}
