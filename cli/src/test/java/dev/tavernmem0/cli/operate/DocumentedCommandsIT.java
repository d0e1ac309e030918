package dev.tavernmem0.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.cli.run.RunningPipeline;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * All commands that docs/operations.md shows, given in that order to a pipeline on the sample
 * chats, answer what it shows: word for word but for ids, times and numbers.
 */
class DocumentedCommandsIT {
  private static final Path PAGE = Path.of("..", "docs", "operations.md");
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}[0-9a-f-]*");
  private static final String DOCUMENTED_HOME = "/home/alex";
  private static final String DOCUMENTED_TARGET = "http://localhost:8011";
  private static final String MOVING = "Moving to another mem0";

  /** Its output is of the damage that {@code DamageIT} plants, and looks at the mending of. */
  private static final String DAMAGED = "Do files, log, ledger and mem0 agree?";

  @TempDir private Path home;
  private final RunningPipeline.Ports ports = RunningPipeline.Ports.free();
  private final Map<String, String> ids = new HashMap<>();
  private RunningPipeline pipeline;
  private Operator operator;
  private @Nullable FaultyMem0Server target;
  private Path teosFile;
  private String teosChat;

  @BeforeEach
  void start() throws IOException {
    pipeline = RunningPipeline.start(Map.of(), ports, home.resolve("data"));
    operator = new Operator(home);
    pipeline.awaitReady();
    teosFile = sample("Captain Teo - ");
    teosChat = Files.readString(teosFile);
  }

  @AfterEach
  void stop() {
    pipeline.close();
    if (target != null) {
      target.close();
    }
  }

  @Test
  void answer_as_they_are_documented() throws IOException {
    List<Documented> shown =
        Documented.in(PAGE).stream()
            .filter(each -> !each.section().equals(MOVING) && !each.section().equals(DAMAGED))
            .toList();
    assertThat(shown).hasSizeGreaterThan(30);
    answer(shown);
  }

  @Test
  void answer_as_they_are_documented_while_another_mem0_is_filled() throws Exception {
    List<Documented> shown =
        Documented.in(PAGE).stream().filter(each -> each.section().equals(MOVING)).toList();
    assertThat(shown).hasSizeGreaterThan(3);
    answer(shown.subList(0, 1));
    pipeline.terminate();
    target = FaultyMem0Server.builder().extractor(Extractor.verbatim()).start();
    pipeline =
        RunningPipeline.start(
            Map.of(),
            ports,
            home.resolve("data"),
            "--target-url",
            target.url().toString(),
            "--target-writer-port",
            freePort());
    pipeline.awaitReady().awaitOutput("target: nothing waits any more");
    answer(shown.subList(1, shown.size()));
  }

  private static String freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Integer.toString(socket.getLocalPort());
    }
  }

  private void answer(List<Documented> shown) throws IOException {
    SoftAssertions answers = new SoftAssertions();
    for (Documented each : shown) {
      prepare(each);
      Operator.Result result =
          operator
              .answers(each.answer())
              .runs(each.words().stream().map(word -> here(each, word)).toArray(String[]::new));
      List<String> printed =
          Stream.concat(result.out().lines(), result.err().lines())
              .map(Documented::singleSpaced)
              .toList();
      boolean showsHowThingsAre = each.command().matches("(status|doctor|verify).*");
      answers
          .assertThat(result.exitCode() != ExitCodes.OK)
          .as("fails: tavern-mem0 %s%n%s", each.command(), String.join("\n", printed))
          .isEqualTo(showsHowThingsAre ? result.exitCode() != ExitCodes.OK : each.fails());
      for (String line : each.output()) {
        Optional<Map<String, String>> found = Documented.idsIn(onThisMachine(line), printed);
        answers
            .assertThat(found.isPresent())
            .as(
                "tavern-mem0 %s: documented is%n%s%nand printed%n%s",
                each.command(), line, String.join("\n", printed))
            .isTrue();
        found.ifPresent(ids::putAll);
      }
    }
    answers.assertAll();
  }

  /** What the documentation says, or what goes without saying, has happened before a command. */
  private void prepare(Documented next) throws IOException {
    if (next.section().equals(MOVING)) {
      await().atMost(SOON).until(this::nothingWaits);
    } else if (next.command().equals("status")) {
      deleteTeosChat();
      operator.runs("pause").exits(0);
      await().atMost(SOON).until(() -> operator.runs("status").out().contains("by an operator"));
      // The first search on a busy machine may have come too late, and status tells so.
      await()
          .atMost(SOON)
          .until(
              () -> {
                operator.runs("memories", "search", "tea").exits(0);
                return !operator.runs("status").out().contains("too long");
              });
    } else if (next.command().equals("chats")) {
      operator.runs("resume").exits(0);
      Files.writeString(teosFile, teosChat);
      await().atMost(SOON).until(() -> json("holds", "list").isEmpty());
    } else if (next.command().equals("holds list")) {
      deleteTeosChat();
    } else if (next.command().equals("sweep")) {
      await()
          .atMost(SOON)
          .until(() -> json("sweep"), it -> it.path("compared").equals(it.path("scopes")));
    } else if (next.command().startsWith("replay ")) {
      await().atMost(SOON).until(() -> nothingWaits() && isOver(json("replay", "list")));
    } else if (next.command().equals("snapshot list") || next.command().equals("verify")) {
      await().atMost(SOON).until(() -> isOver(json("snapshot", "list").path("snapshots")));
    } else if (next.command().startsWith("doctor")) {
      copy(
          home.resolve("data/sample-chats/default-user"),
          home.resolve("SillyTavern/data/default-user"));
      Files.writeString(home.resolve("SillyTavern/server.js"), "");
      Files.writeString(
          home.resolve("SillyTavern/package.json"),
          "{\"name\": \"sillytavern\", \"version\": \"1.18.0\"}");
      Files.writeString(home.resolve("SillyTavern/config.yaml"), "enableServerPlugins: false\n");
    }
  }

  private void deleteTeosChat() throws IOException {
    Files.delete(teosFile);
    await().atMost(SOON).until(() -> !json("holds", "list").isEmpty());
  }

  private boolean nothingWaits() {
    JsonNode writer = json("status").path("writer").path("status");
    return writer.path("pending_turns").asInt() == 0 && writer.path("in_flight").asInt() == 0;
  }

  private static boolean isOver(JsonNode operations) {
    return operations
        .valueStream()
        .allMatch(each -> each.path("state").asString("").equals("completed"));
  }

  /** A word of a documented command, with the ids and files that are meant here. */
  private String here(Documented command, String word) {
    if (word.endsWith(".jsonl") && !word.contains("@")) {
      return home.resolve(word).toString();
    }
    if (word.startsWith(DOCUMENTED_HOME)) {
      return onThisMachine(word);
    }
    if (ID.matcher(word).matches() && !ids.containsKey(word)) {
      ids.put(word, known(command));
    }
    return ids.getOrDefault(word, word);
  }

  /** An id of the documentation that no output before it shows. */
  private String known(Documented command) {
    if (command.command().startsWith("fate")) {
      JsonNode turns = json("turns", sampleName("Mara - "));
      return first(turns, "fate", "written").path("turn_id").asString();
    }
    JsonNode memories = json("memories", "list", "--character=Mara").path("memories");
    return memories
        .valueStream()
        .filter(each -> command.output().contains(each.path("text").asString()))
        .findFirst()
        .orElseGet(() -> memories.get(0))
        .path("id")
        .asString();
  }

  private String onThisMachine(String text) {
    return text.replace(DOCUMENTED_TARGET, target == null ? "" : target.url().toString())
        .replace(DOCUMENTED_HOME + "/.local/share/tavern-mem0", home.resolve("data") + "")
        .replace(DOCUMENTED_HOME, home.toString())
        .replaceAll("(?<![\\w.@])(\\w+\\.jsonl)\\b", Matcher.quoteReplacement(home + "/") + "$1");
  }

  private static JsonNode first(JsonNode all, String field, String value) {
    return all.valueStream()
        .filter(each -> each.path(field).asString().equals(value))
        .findFirst()
        .orElseThrow();
  }

  private String sampleName(String beginning) {
    try {
      return String.valueOf(sample(beginning).getFileName());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path sample(String beginning) throws IOException {
    try (Stream<Path> files = Files.walk(home.resolve("data/sample-chats"))) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith(beginning))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private JsonNode json(String... command) {
    List<String> arguments = Stream.concat(Stream.of(command), Stream.of("--output=json")).toList();
    Operator.Result result = operator.answers("").runs(arguments.toArray(String[]::new));
    return result.json();
  }
}
