package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.cli.operate.Operator;
import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Today's program goes on with the data that an earlier release left, as if it had made it. */
class EarlierDataIT {
  private static final Duration SOON = Duration.ofMinutes(3);

  @TempDir private Path home;
  private Operator operator;

  static List<String> releases() throws IOException {
    return EarlierData.names();
  }

  @ParameterizedTest
  @MethodSource("releases")
  void nothing_is_lost_repeated_or_remembered_again_and_it_goes_on(String release)
      throws Exception {
    EarlierData.unpack(release, home);
    operator = new Operator(home);
    JsonNode then = Json.MAPPER.readTree(Files.readAllBytes(home.resolve("inventory.json")));
    try (ModelStub model = new ModelStub();
        RunningPipeline pipeline =
            RunningPipeline.start(
                model.environment(),
                RunningPipeline.Ports.free(),
                home.resolve("data"),
                "--sillytavern",
                home.resolve("sillytavern").toString())) {
      await("health, and a look at all chats").atMost(SOON).until(() -> Inventory.isUp(operator));

      ObjectNode now = Inventory.of(operator, pipeline.bootstrapServers());

      assertThat(now.path("paused_by").asString()).isEqualTo("operator");
      assertThat(now).isEqualTo(then);
      assertThat(model.told()).as("what was written by the start").isEmpty();

      operator.runs("resume").exits(0);
      awaitMemory("The anchor is new.");
      awaitRest();
      assertThat(model.told())
          .as("written at the end of the pause: what was said in it")
          .singleElement()
          .asString()
          .contains("The anchor is new.");
      assertThat(memories()).hasSize(then.path("memories").size() + 1);

      whatWasForgottenStaysForgottenWhenItsBatchIsWrittenAgain();

      say("My lens is called Kepler.");
      awaitMemory("My lens is called Kepler.");
      awaitRest();
      JsonNode verified = Inventory.json(operator, "verify");
      assertThat(verified.path("well").asBoolean()).as("%s", verified).isTrue();
      assertThat(verified.path("files_and_log").path("files").asInt())
          .isEqualTo(chatFiles().size());

      whatIsForgottenIsGoneFromMem0AndTheRecordsThatStayAreTold();
    }
  }

  /** Records of a log whose keys are not their own cannot be erased one by one. */
  private void whatIsForgottenIsGoneFromMem0AndTheRecordsThatStayAreTold() {
    Operator.Result forgotten =
        operator.runs("forget", "--character=Mara", "--yes", "--follow").exits(1);

    assertThat(forgotten.out()).contains("in a log that an earlier version made");
    // Mara knows what the group knows that she is in, and that stays.
    assertThat(Inventory.json(operator, "memories", "list", "--character=Mara").path("memories"))
        .noneMatch(memory -> memory.path("agent_id").asString().equals("Mara"));
    assertThat(Inventory.json(operator, "verify").path("well").asBoolean()).isTrue();
  }

  private void whatWasForgottenStaysForgottenWhenItsBatchIsWrittenAgain() {
    List<String> before = memories();
    assertThat(before).noneMatch(it -> it.contains("Galileo"));

    JsonNode replay =
        Inventory.json(
            operator,
            "replay",
            "start",
            "--mode=rewrite",
            "--fate=written",
            "--character=Mara",
            "--yes");

    String id = replay.path("id").asString();
    await("the replay")
        .atMost(SOON)
        .until(
            () ->
                Inventory.json(operator, "replay", "show", id)
                    .path("state")
                    .asString()
                    .equals("completed"));
    awaitRest();
    assertThat(memories()).isEqualTo(before);
  }

  private List<String> memories() {
    return Inventory.json(operator, "memories", "list", "--limit=1000")
        .path("memories")
        .valueStream()
        .map(memory -> memory.path("text").asString())
        .sorted()
        .toList();
  }

  private void awaitMemory(String text) {
    await(text)
        .atMost(SOON)
        .until(() -> memories().stream().filter(it -> it.contains(text)).count() == 1);
  }

  private void awaitRest() {
    await("rest").atMost(SOON).until(() -> Inventory.isAtRest(operator));
  }

  private List<Path> chatFiles() throws IOException {
    try (Stream<Path> files = Files.walk(home.resolve("sillytavern"))) {
      return files.filter(it -> it.toString().endsWith(".jsonl")).sorted().toList();
    }
  }

  /** The whole file again, under a temporary name, renamed over the old one. */
  private void say(String text) throws IOException {
    Path chat =
        chatFiles().stream().filter(it -> it.toString().contains("Mara")).findFirst().orElseThrow();
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("name", "Alex");
    message.put("is_user", true);
    message.put("is_system", false);
    message.put("send_date", Instant.now().toString());
    message.put("mes", text);
    message.put("extra", Map.of());
    Path temporary = chat.resolveSibling(chat.getFileName() + ".1234567890");
    Files.writeString(
        temporary, Files.readString(chat) + "\n" + Json.MAPPER.writeValueAsString(message));
    Files.move(
        temporary, chat, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
