package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.cli.operate.Operator;
import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedCharacter;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * No test, and run by its name only: makes a data directory with a release's program for {@link
 * EarlierDataIT}, as docs/development.md says. {@code -Drelease.jar} is the program, and {@code
 * -Drelease.name} the directory's name.
 */
class DataDirectoryMaker {
  private static final Duration SOON = Duration.ofSeconds(90);

  @TempDir private Path home;
  private final RunningPipeline.Ports ports = RunningPipeline.Ports.free();
  private Operator operator;
  private SimulatedUser alex;

  @Test
  void a_data_directory_with_something_of_everything() throws Exception {
    Path jar = Path.of(Objects.requireNonNull(System.getProperty("release.jar"), "release.jar"));
    String name = Objects.requireNonNull(System.getProperty("release.name"), "release.name");
    operator = new Operator(home);
    Path tavern = Files.createDirectories(home.resolve("sillytavern"));
    alex = SillyTavernSimulator.at(tavern).user("default-user");
    SimulatedCharacter mara = alex.character("Mara", "Good evening.");
    SimulatedCharacter teo = alex.character("Captain Teo", "Ahoy.");
    SimulatedChat maras = alex.newChat(mara);
    maras.ask("My cat is called Biscuit.", "A fine name for a cat.");
    maras.ask("I live in Prague.", "I have never been there.");
    SimulatedChat teos = alex.newChat(teo);
    teos.ask("I am afraid of deep water.", "Then we stay near the coast.");
    teos.ask("My boat is called Heron.", "A good boat.");
    SimulatedChat lost = alex.newChat(alex.character("Nora", "Hello."));
    lost.ask("My sister is called Ida.", "Tell me of her.");
    SimulatedChat lins = alex.newChat(alex.character("林晚", "你好。"));
    lins.ask("我养的柯基叫豆包。", "真可爱。");
    SimulatedChat crew = alex.group("The crew", mara, teo);
    crew.send("Let us look for the compass.");
    crew.reply(mara, "I come along.");
    try (ModelStub model = new ModelStub();
        RunningPipeline pipeline =
            RunningPipeline.start(
                jar,
                environment(model),
                ports,
                home.resolve("data"),
                "--sillytavern",
                tavern.toString())) {
      pipeline.awaitReady();

      maras.ask("My telescope is called Galileo.", "Like the astronomer.");
      teos.branch(2);
      awaitRest(() -> true);
      maras.edit(3, "I live in Brno.");
      maras.delete(maras.size() - 1);
      awaitRest(
          () ->
              memories().noneMatch(text -> text.contains("Prague") || text.contains("astronomer")));
      forget("My telescope is called Galileo.");
      maras.send("This is unspeakable.");
      AtomicInteger others = new AtomicInteger();
      // What is taken meanwhile shows whose fault the refusal is.
      await("a dead letter")
          .atMost(SOON)
          .pollInterval(Duration.ofSeconds(4))
          .until(
              () -> {
                lins.ask("我有" + others.incrementAndGet() + "只猫。", "真好。");
                return json("dead", "list").size() == 1;
              });
      lost.delete();
      await("a hold").atMost(SOON).until(() -> json("holds", "list").size() == 1);
      String replay =
          json("replay", "start", "--mode=rewrite", "--character=Captain Teo", "--yes")
              .path("id")
              .asString();
      String snapshot = json("snapshot", "start", "--character=Mara").path("id").asString();
      await("a replay")
          .atMost(SOON)
          .until(() -> json("replay", "show", replay).path("state").asString().equals("completed"));
      await("a snapshot")
          .atMost(SOON)
          .until(
              () ->
                  json("snapshot", "show", snapshot).path("state").asString().equals("completed"));
      awaitRest(() -> true);
      operator.runs("pause").exits(0);
      teos.send("The anchor is new.");
      await("a turn that waits")
          .atMost(SOON)
          .until(() -> Inventory.writer(operator).path("pending_turns").asInt() == 1);
      ObjectNode inventory = Inventory.of(operator, pipeline.bootstrapServers());
      inventory.forEachEntry(
          (part, all) -> assertThat(all.toString()).as(part).isNotIn("{}", "0", "\"\""));
      Files.writeString(
          home.resolve("inventory.json"),
          Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(inventory));
      pipeline.terminate();
    }
    String key = Files.readString(home.resolve("data/memory-server.key"));
    Path packed = EarlierData.pack(home, name);
    Path again = Files.createDirectories(home.resolve("again"));
    EarlierData.unpack(name, again);
    assertThat(filesWith(again, home.toString())).as("with this machine's paths").isEmpty();
    assertThat(filesWith(again, System.getProperty("user.dir"))).isEmpty();
    assertThat(filesWith(again, key)).as("with the memory server's key").isEmpty();
    assertThat(filesWith(again, "Biscuit")).as("with what was said").isNotEmpty();
    System.out.printf("%s: %,d bytes%n", packed, Files.size(packed));
    assertThat(Files.size(packed)).isLessThan(300_000);
  }

  private static Map<String, String> environment(ModelStub model) {
    Map<String, String> environment = new HashMap<>(model.environment());
    // Lucene writes down which kernel it runs on.
    environment.put("JAVA_TOOL_OPTIONS", "-Dos.version=0");
    return environment;
  }

  private static List<Path> filesWith(Path directory, String text) throws IOException {
    String bytes = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(bytes)) {
          files.add(file);
        }
      }
    }
    return files;
  }

  private void forget(String text) {
    String id =
        json("memories", "list", "--character=Mara", "--limit=1000")
            .path("memories")
            .valueStream()
            .filter(memory -> memory.path("text").asString().contains(text))
            .map(memory -> memory.path("id").asString())
            .findFirst()
            .orElseThrow();
    operator.runs("memories", "delete", id, "--yes").exits(0);
  }

  private Stream<String> memories() {
    return json("memories", "list", "--limit=1000")
        .path("memories")
        .valueStream()
        .map(memory -> memory.path("text").asString());
  }

  private void awaitRest(BooleanSupplier reached) {
    await("rest")
        .atMost(SOON)
        .during(Duration.ofSeconds(3))
        .pollInterval(Duration.ofMillis(300))
        .until(() -> Inventory.isAtRest(operator) && reached.getAsBoolean());
  }

  private JsonNode json(String... command) {
    return Inventory.json(operator, command);
  }
}
