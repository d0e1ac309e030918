package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.testkit.kafka.TopicReader;
import dev.tavernmem0.testkit.sillytavern.RealSillyTavern;
import dev.tavernmem0.testkit.sillytavern.SillyTavernApi;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The real SillyTavern from npm saves chats; the one command makes memories of them. */
class RealSillyTavernIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private Path directory;

  @BeforeAll
  static void sillyTavern() {
    RealSillyTavern.assumeAvailable();
  }

  @Test
  void what_sillytavern_saves_becomes_events_and_memories() throws Exception {
    try (RealSillyTavern tavern = RealSillyTavern.start(directory.resolve("st"))) {
      SillyTavernApi api = tavern.api();
      String avatar = api.createCharacter("Nora Quill", "Good evening.");
      List<JsonNode> lines = new ArrayList<>();
      lines.add(header());
      lines.add(message("Nora Quill", false, "Good evening."));
      lines.add(message("Alex", true, "My boat is called Albatross."));
      lines.add(message("Nora Quill", false, "A proud name for a boat."));
      api.saveChat(avatar, "first", lines);

      try (RunningPipeline pipeline =
          RunningPipeline.start(
                  RunningPipeline.Ports.free(),
                  directory.resolve("data"),
                  "--sillytavern",
                  tavern.dataRoot().toString())
              .awaitReady()) {
        awaitMemory(pipeline, "Albatross");

        lines.add(message("Alex", true, "我在杭州养了一只猫，叫麻糬。"));
        api.saveChat(avatar, "first", lines);
        awaitMemory(pipeline, "麻糬");

        lines.set(2, edited(lines.get(2), "My boat is called Pelican."));
        api.saveChat(avatar, "first", lines);
        awaitMemory(pipeline, "Pelican");
        await()
            .atMost(SOON)
            .until(() -> pipeline.memories().stream().noneMatch(m -> m.contains("Albatross")));

        TopicReader events = new TopicReader(pipeline.bootstrapServers());
        assertThat(events.turnEvents())
            .extracting(event -> event.source().cause())
            .contains(Cause.APPEND, Cause.EDIT);
        List<TurnEvent> ofOneChat = events.turnEvents();
        assertThat(ofOneChat)
            .extracting(event -> event.source().chatId())
            .containsOnly("default-user:5f6cdd0e-52ee-4a5b-9b2a-6a3f1f3a8f10");
        assertThat(ofOneChat)
            .extracting(event -> event.source().character())
            .containsOnly(avatar.replace(".png", ""));
      }
    }
  }

  private static void awaitMemory(RunningPipeline pipeline, String text) {
    await()
        .atMost(SOON)
        .until(() -> pipeline.memories().stream().anyMatch(memory -> memory.contains(text)));
  }

  private static JsonNode header() {
    return Json.MAPPER.valueToTree(
        Map.of(
            "chat_metadata",
            Map.of("integrity", "5f6cdd0e-52ee-4a5b-9b2a-6a3f1f3a8f10"),
            "user_name",
            "unused",
            "character_name",
            "unused"));
  }

  private static JsonNode message(String name, boolean user, String text) {
    return Json.MAPPER.valueToTree(
        Map.of(
            "name",
            name,
            "is_user",
            user,
            "is_system",
            false,
            "send_date",
            java.time.Instant.now().toString(),
            "mes",
            text,
            "extra",
            Map.of()));
  }

  private static JsonNode edited(JsonNode message, String text) {
    return ((tools.jackson.databind.node.ObjectNode) message.deepCopy()).put("mes", text);
  }
}
