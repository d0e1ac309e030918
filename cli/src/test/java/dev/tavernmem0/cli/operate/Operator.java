package dev.tavernmem0.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.cli.TavernMem0;
import dev.tavernmem0.common.json.Json;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** Somebody at a terminal, whose machine has no other settings than the test gives it. */
public final class Operator {
  private final Map<String, String> variables = new HashMap<>();
  private String answer = "";

  /**
   * @param home a directory of their own
   */
  public Operator(Path home) {
    set("LC_ALL", "C.UTF-8");
    set("XDG_CONFIG_HOME", home.resolve("config").toString());
    set("TAVERN_DATA_DIR", home.resolve("data").toString());
  }

  public Operator set(String variable, String value) {
    variables.put(variable, value);
    return this;
  }

  /** All services are there. */
  public Operator at(ServiceStub services) {
    return at(services.url());
  }

  public Operator at(String url) {
    return set("TAVERN_MEM0_WATCHER_URL", url)
        .set("TAVERN_MEM0_WRITER_URL", url)
        .set("TAVERN_MEM0_RETRIEVER_URL", url);
  }

  /** What they say when they are asked. */
  Operator answers(String line) {
    answer = line;
    return this;
  }

  public Result runs(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        TavernMem0.commandLine(
            new Surroundings(
                variables, new ByteArrayInputStream(answer.getBytes(Charset.defaultCharset()))));
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return new Result(commandLine.execute(arguments), out.toString(), err.toString());
  }

  /** What they see. */
  public record Result(int exitCode, String out, String err) {
    public Result exits(int code) {
      assertThat(exitCode).as("%s%s", out, err).isEqualTo(code);
      // What would be obeyed by a terminal; our own texts have nothing of it.
      assertThat(out + err).doesNotContain("\uFFFD");
      assertThat(err).doesNotContain("Exception", "\tat ", "unexpectedly");
      return this;
    }

    public JsonNode json() {
      return Json.MAPPER.readTree(out);
    }

    JsonNode error() {
      return Json.MAPPER.readTree(err);
    }
  }
}
