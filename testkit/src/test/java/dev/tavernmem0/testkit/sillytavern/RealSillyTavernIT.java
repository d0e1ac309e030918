package dev.tavernmem0.testkit.sillytavern;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** SillyTavern 1.19 itself, on the sample chats and on chats of the simulator. */
class RealSillyTavernIT {
  private static final Path SAMPLES = Path.of("..", "samples", "sillytavern-data");

  @TempDir static Path directory;
  private static RealSillyTavern tavern;

  @BeforeAll
  static void start() throws IOException {
    RealSillyTavern.assumeAvailable();
    copy(SAMPLES, directory.resolve("data"));
    tavern = RealSillyTavern.start(directory);
  }

  @AfterAll
  static void stop() {
    if (tavern != null) {
      tavern.close();
    }
  }

  @Test
  void it_reads_every_sample_chat_line_by_line() throws IOException {
    assertThat(texts(tavern.api().characters(), "name")).contains("Mara", "Captain Teo", "林晚");
    Path chats = SAMPLES.resolve("default-user").resolve("chats");
    for (Path file : files(chats)) {
      String avatar = file.getParent().getFileName() + ".png";
      assertThat(tavern.api().chat(avatar, stem(file))).as(file.toString()).isEqualTo(lines(file));
    }
    for (Path file : files(SAMPLES.resolve("default-user").resolve("group chats"))) {
      assertThat(tavern.api().groupChat(stem(file))).as(file.toString()).isEqualTo(lines(file));
    }
    assertThat(texts(tavern.api().groups(), "name")).contains("Harbour Table");
    assertThat(tavern.api().settings().path("settings").asString())
        .contains("\"username\": \"Alex\"");
  }

  @Test
  void what_it_saves_has_the_bytes_that_the_simulator_writes(@TempDir Path simulated)
      throws IOException {
    SimulatedUser user = SillyTavernSimulator.at(simulated).user("default-user");
    SimulatedChat chat = user.newChat(user.character("Byte", "Hi {{user}} 你好\u2028🐈"));
    chat.ask("A / \"quoted\" \\ \t line\nbreak", "Yes.\u0007\u001b\u001f");
    chat.swipe("No.");
    chat.narrate("Rain.");
    String written = Files.readString(chat.path());

    String avatar = tavern.api().createCharacter("Byte", "Hi");
    tavern.api().saveChat(avatar, "c", written.lines().map(StJson::parse).toList());

    assertThat(tavern.userDirectory().resolve("chats/Byte/c.jsonl"))
        .hasBinaryContent(written.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void a_chat_can_be_renamed_imported_and_deleted() {
    SillyTavernApi api = tavern.api();
    String avatar = api.createCharacter("Rename", "Hi");
    List<JsonNode> lines =
        List.of(
            StJson.parse("{\"chat_metadata\":{\"integrity\":\"i-1\"},\"user_name\":\"unused\"}"),
            StJson.parse("{\"name\":\"Rename\",\"is_user\":false,\"mes\":\"Hi\"}"));
    api.saveChat(avatar, "one", lines);
    Path chats = tavern.userDirectory().resolve("chats").resolve("Rename");

    api.renameChat(avatar, "one", "two");
    assertThat(chats.resolve("one.jsonl")).doesNotExist();
    assertThat(chats.resolve("two.jsonl")).exists();
    String imported =
        api.importChat(avatar, "Rename", lines.get(0).toString() + "\n" + lines.get(1).toString());
    assertThat(imported).startsWith("Rename - ").endsWith(" imported");
    assertThat(chats.resolve(imported + ".jsonl")).exists();
    api.deleteChat(avatar, "two");
    assertThat(chats.resolve("two.jsonl")).doesNotExist();
    assertThat(api.renameCharacter(avatar, "Renamed")).isEqualTo("Renamed.png");
    assertThat(chats).doesNotExist();
  }

  @Test
  void a_group_chat_is_saved_beside_the_groups_file() {
    SillyTavernApi api = tavern.api();
    String avatar = api.createCharacter("Member", "Hi");
    JsonNode group = api.createGroup("Band", List.of(avatar), "first");

    api.saveGroupChat("first", List.of(StJson.parse("{\"chat_metadata\":{}}")));

    Path user = tavern.userDirectory();
    assertThat(user.resolve("groups").resolve(group.path("id").asString() + ".json"))
        .content()
        .contains("\"first\"");
    assertThat(user.resolve("group chats").resolve("first.jsonl"))
        .hasContent("{\"chat_metadata\":{}}");
  }

  private static List<String> texts(JsonNode array, String field) {
    return array.valueStream().map(one -> one.path(field).asString()).toList();
  }

  private static JsonNode lines(Path file) throws IOException {
    return StJson.parse("[" + Files.readString(file).replace("\n", ",") + "]");
  }

  private static String stem(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - ".jsonl".length());
  }

  private static List<Path> files(Path below) throws IOException {
    try (Stream<Path> files = Files.walk(below)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(visited)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, to.resolve(from.relativize(file)));
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
