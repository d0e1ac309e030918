package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The one command, as a user runs it: sample chats in, memories out, memories injected. */
class RunIT {
  private static final Path QUESTIONS = Path.of("..", "samples", "questions.json");
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private final RunningPipeline.Ports ports = RunningPipeline.Ports.free();
  private RunningPipeline pipeline;

  @AfterEach
  void stop() {
    if (pipeline != null) {
      pipeline.close();
    }
  }

  private RunningPipeline start() throws IOException {
    pipeline = RunningPipeline.start(ports, directory.resolve("data"));
    return pipeline;
  }

  @Test
  void chats_in_memories_out_and_no_stop_loses_or_repeats_anything() throws Exception {
    start().awaitReady();
    List<String> memories = pipeline.memories();
    assertThat(memories).hasSizeGreaterThan(70);
    assertThat(pipeline.output()).contains("memories: Captain Teo");
    onlyTheWriterHasADocument();
    everyQuestionFindsItsAnswer();
    theFirstSystemMessageGetsTheMemories();

    long saved = System.nanoTime();
    appendAsSillyTavernDoes("My telescope is called Galileo Junior.");
    await()
        .atMost(SOON)
        .until(() -> texts(ask("Mara", "What is my telescope called?")).contains("Galileo Junior"));
    System.out.printf(
        "a saved line is retrievable after %d ms%n", (System.nanoTime() - saved) / 1_000_000);
    List<String> withTheNewOne = pipeline.memories();
    assertThat(withTheNewOne).hasSize(memories.size() + 1).containsAll(memories);

    pipeline.terminate();
    assertThat(pipeline.output()).contains("stopped; the next start goes on from here");
    start().awaitReady();
    assertThat(pipeline.memories()).isEqualTo(withTheNewOne);

    pipeline.kill();
    appendAsSillyTavernDoes("My lens is called Kepler.");
    start().awaitReady();
    await()
        .atMost(SOON)
        .until(() -> texts(ask("Mara", "What is my lens called?")).contains("Kepler"));
    assertThat(pipeline.memories()).hasSize(withTheNewOne.size() + 1).containsAll(withTheNewOne);
  }

  @Test
  void a_kill_during_the_first_writing_loses_and_repeats_nothing(@TempDir Path undisturbed)
      throws Exception {
    try (RunningPipeline other =
        RunningPipeline.start(RunningPipeline.Ports.free(), undisturbed.resolve("data"))) {
      other.awaitReady();
      List<String> expected = other.memories();
      other.kill();

      start().awaitOutput("watcher ready");
      pipeline.kill();
      start().awaitOutput("watcher ready");
      await().atMost(SOON).until(() -> !pipeline.memories().isEmpty());
      pipeline.kill();
      start().awaitReady();

      await().atMost(SOON).until(() -> pipeline.memories().size() >= expected.size());
      assertThat(pipeline.memories()).isEqualTo(expected);
    }
  }

  /** All parts have the libraries for it on their class path here. */
  private void onlyTheWriterHasADocument() {
    assertThat(pipeline.ask(ports.writer(), "/v3/api-docs").path("paths")).isNotEmpty();
    for (int port : List.of(ports.retriever(), ports.watcher(), ports.memory())) {
      assertThat(pipeline.status(port, "/v3/api-docs")).isEqualTo(404);
      assertThat(pipeline.status(port, "/v3/api-docs.yaml")).isEqualTo(404);
    }
  }

  private void everyQuestionFindsItsAnswer() throws IOException {
    List<String> unanswered = new ArrayList<>();
    for (JsonNode question : Json.MAPPER.readTree(Files.readAllBytes(QUESTIONS))) {
      JsonNode answer = pipeline.post("/v1/retrieve", request(question));
      if (!texts(answer).contains(question.path("expected_substring").asString())) {
        unanswered.add(question.path("question").asString());
      }
    }
    assertThat(unanswered).isEmpty();
  }

  private static Map<String, Object> request(JsonNode question) {
    List<Object> messages = new ArrayList<>();
    question.path("recent").forEach(messages::add);
    messages.add(Map.of("role", "user", "content", question.path("question").asString()));
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("user_id", question.path("user_id").asString());
    JsonNode group = question.path("group_id");
    // In a group one of its members speaks.
    request.put("agent_id", group.isNull() ? question.path("character").asString() : "Mara");
    if (!group.isNull()) {
      request.put("group_id", group.asString());
      request.put("group_members", List.of("Mara", "Captain Teo"));
    }
    request.put("messages", messages);
    request.put("deadline_ms", 20_000);
    return request;
  }

  private void theFirstSystemMessageGetsTheMemories() {
    JsonNode answer =
        pipeline.post(
            "/v1/inject",
            Map.of(
                "user_id",
                "default-user",
                "agent_id",
                "林晚",
                "deadline_ms",
                20_000,
                "messages",
                List.of(
                    Map.of("role", "system", "content", "你是林晚。"),
                    Map.of("role", "user", "content", "我养的柯基叫什么名字？"))));

    assertThat(answer.path("applied").asBoolean()).isTrue();
    assertThat(answer.path("messages").get(0).path("content").asString())
        .startsWith("你是林晚。")
        .contains("Relevant long-term memory:")
        .contains("豆包");
  }

  private JsonNode ask(String character, String question) {
    return pipeline.post(
        "/v1/retrieve",
        Map.of(
            "user_id",
            "default-user",
            "agent_id",
            character,
            "deadline_ms",
            20_000,
            "messages",
            List.of(Map.of("role", "user", "content", question))));
  }

  private static String texts(JsonNode answer) {
    StringBuilder texts = new StringBuilder();
    answer.path("memories").forEach(memory -> texts.append(memory.path("text").asString()));
    return texts.toString();
  }

  /** The whole file again, under a temporary name, renamed over the old one. */
  private void appendAsSillyTavernDoes(String text) throws IOException {
    Path chat =
        directory.resolve(
            "data/sample-chats/default-user/chats/Mara/Mara - 2025-11-06@19h20m00s500ms.jsonl");
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("name", "Alex");
    message.put("is_user", true);
    message.put("is_system", false);
    message.put("send_date", java.time.Instant.now().toString());
    message.put("mes", text);
    message.put("extra", Map.of());
    String line = "\n" + Json.MAPPER.writeValueAsString(message);
    Path temporary = chat.resolveSibling(chat.getFileName() + ".1234567890");
    Files.write(temporary, (Files.readString(chat) + line).getBytes(StandardCharsets.UTF_8));
    Files.move(
        temporary, chat, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
