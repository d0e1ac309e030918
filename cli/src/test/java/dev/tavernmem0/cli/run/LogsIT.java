package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.client.RestClientResponseException;

/** What was said stays out of the logs, also when everything fails and quotes it. */
class LogsIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String SAID = "quetzal-in-the-pantry";
  private static final String KEY = "a-key-that-nobody-may-read";

  @TempDir private Path directory;

  @Test
  void failures_are_logged_without_a_word_of_a_chat_and_without_a_key() throws Exception {
    Path root = directory.resolve("st");
    SimulatedUser user = SillyTavernSimulator.at(root).user("default-user");
    SimulatedChat chat = user.newChat(user.character("Mara", "Welcome to the " + SAID + "."));
    chat.ask("Where is the " + SAID + "?", "Behind the " + SAID + ".");
    Files.writeString(chat.path(), "\n{\"mes\":\"broken " + SAID + "\"", StandardOpenOption.APPEND);

    try (FaultyMem0Server mem0 = FaultyMem0Server.builder().apiKey(KEY).start();
        RunningPipeline pipeline = start(mem0, root)) {
      mem0.on(Calls.add()).once(Fault.v1Error("cannot embed: " + SAID));
      mem0.on(Calls.add()).once(Fault.respond(200, "no JSON: " + SAID));
      mem0.on(Calls.add()).once(Fault.respond(200, "{\"results\":\"" + SAID + "\"}"));
      mem0.on(Calls.add()).once(Fault.respond(422, quoted()));
      mem0.on(Calls.search()).once(Fault.respond(422, quoted()));
      mem0.on(Calls.search()).once(Fault.v1Error("cannot search: " + SAID));
      mem0.on(Calls.search()).once(Fault.respond(200, "{\"results\":\"" + SAID + "\"}"));
      pipeline.awaitOutput("watcher ready");

      for (int i = 0; i < 4; i++) {
        pipeline.post("/v1/retrieve", question("Where is the " + SAID + "?"));
      }
      assertThatThrownBy(() -> pipeline.post("/v1/retrieve", Map.of("messages", SAID)))
          .isInstanceOf(RestClientResponseException.class);
      chat.ask("And the " + SAID + " again?", "Still there, " + SAID + ".");
      await().atMost(SOON).until(() -> mem0.calls(Calls.add()).size() >= 4);
      mem0.on(Calls.add()).always(Fault.v1Error(SAID));
      chat.edit(1, "No " + SAID + " any more.");
      await().atMost(SOON).until(() -> mem0.calls(Calls.add()).size() >= 6);
      pipeline.terminate();

      String logs = Files.readString(directory.resolve("data/logs/tavern-mem0.log"));
      assertThat(logs + pipeline.output()).doesNotContain(SAID).doesNotContain(KEY);
      // Or else nothing failed, and this shows nothing.
      assertThat(logs).contains("422").contains("500").contains("line");
    }
  }

  private RunningPipeline start(FaultyMem0Server mem0, Path root) throws Exception {
    return RunningPipeline.start(
        Map.of(
            "MEM0_API_KEY",
            KEY,
            "TAVERN_WRITER_BATCH_SETTLE",
            "1s",
            "TAVERN_WRITER_BATCH_LINGER",
            "1s",
            "TAVERN_WRITER_RETRACT_GRACE",
            "1s",
            "TAVERN_WRITER_RETRY_MAXBACKOFF",
            "1s",
            "TAVERN_WRITER_RETRY_RECONCILEGRACE",
            "1s"),
        RunningPipeline.Ports.free(),
        directory.resolve("data"),
        "--mem0-url",
        mem0.url().toString(),
        "--sillytavern",
        root.toString());
  }

  /** As FastAPI does: with what it was sent. */
  private static String quoted() {
    return "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"bad "
        + SAID
        + "\",\"input\":\""
        + SAID
        + "\"}]}";
  }

  private static Map<String, Object> question(String text) {
    return Map.of(
        "user_id",
        "default-user",
        "agent_id",
        "Mara",
        "messages",
        List.of(Map.of("role", "user", "content", text)));
  }
}
