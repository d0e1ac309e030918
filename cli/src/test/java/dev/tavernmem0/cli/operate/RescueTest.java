package dev.tavernmem0.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.tavernmem0.cli.TavernMem0;
import dev.tavernmem0.testkit.process.JavaProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What becomes of the file, whatever happens; and what the command says. */
class RescueTest {
  private static final String ID = "default-user:0b1c";
  private static final String ASKED = "GET /v1/rescues/default-user%3A0b1c";
  private static final String TEXT = "{\"chat_metadata\":{}}\n{\"mes\":\"猫\"}";
  private static final String LIST =
      """
      {"chats":[
        {"handle":"default-user","character":"Mara","group":null,"chat_id":"default-user:0b1c",
         "chat_file":"Mara.jsonl","turns":2,"raw_turns":2,"first_saved_at":"2026-11-01T09:00:00.5Z",
         "last_saved_at":"2026-11-02T09:00:00.5Z","most_turns":34,
         "most_turns_at":"2026-11-01T10:00:00Z","deleted_at":"2026-11-03T09:00:00Z"},
        {"handle":"default-user","character":null,"group":{"id":"7","name":"The crew"},
         "chat_id":"default-user:77","chat_file":"crew.jsonl","turns":5,"raw_turns":1,
         "first_saved_at":"2026-11-01T09:00:00Z","last_saved_at":"2026-11-01T09:00:00Z",
         "most_turns":5,"most_turns_at":"2026-11-01T09:00:00Z","deleted_at":null}],
       "unreadable_records":1}""";

  @TempDir private Path home;
  private ServiceStub services;
  private Operator operator;
  private Path directory;
  private Path out;

  @BeforeEach
  void start() throws IOException {
    services = new ServiceStub();
    operator = new Operator(home).at(services);
    directory = Files.createDirectory(home.resolve("rescued"));
    out = directory.resolve("Mara.jsonl");
  }

  @AfterEach
  void stop() {
    services.close();
  }

  private void answers(String asked, String rebuilt, String unreadable) {
    services.file(
        asked,
        TEXT,
        Map.of(
            "X-Tavern-Turns",
            "34",
            "X-Tavern-Rebuilt-Turns",
            rebuilt,
            "X-Tavern-Unreadable-Records",
            unreadable,
            "X-Tavern-Saved-At",
            "2026-11-01T10:00:00Z",
            "X-Tavern-Deleted-At",
            "2026-11-03T09:00:00Z"));
  }

  private Operator.Result rescues(String... more) {
    return operator.runs(
        Stream.concat(Stream.of("rescue", "--chat=" + ID, "--out=" + out), Stream.of(more))
            .toArray(String[]::new));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  @Test
  void a_chat_is_written_for_its_owner_only_and_it_says_what_it_is() throws IOException {
    answers(ASKED, "3", "1");

    Operator.Result result = rescues().exits(0);

    assertThat(out).hasContent(TEXT);
    assertThat(files()).containsExactly(out);
    if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
          .isEqualTo("rw-------");
    }
    assertThat(result.out())
        .contains(out + ": 34 turns, as they were saved at 2026-11-01T10:00:00Z")
        .contains("deleted at 2026-11-03T09:00:00Z")
        .contains("first line is not in the log")
        .contains("3 turns were rebuilt of what they say")
        .contains("1 records of the log could not be read");
    assertThat(operator.set("LANGUAGE", "zh").runs("rescue", "--list").err()).contains("监视器");
  }

  @Test
  void a_program_is_told_it_too() {
    answers(ASKED, "0", "0");

    JsonNode json = rescues("--output=json").exits(0).json();

    assertThat(json.path("chat_id").asString()).isEqualTo(ID);
    assertThat(json.path("turns").asInt()).isEqualTo(34);
    assertThat(json.path("rebuilt_turns").asInt()).isZero();
    assertThat(json.path("bytes").asInt()).isEqualTo(34);
    assertThat(json.path("header").asString()).isEqualTo("rebuilt");
    assertThat(json.path("saved_at").asString()).isEqualTo("2026-11-01T10:00:00Z");
    assertThat(json.path("deleted_at").asString()).isEqualTo("2026-11-03T09:00:00Z");
  }

  @Test
  void a_time_is_asked_for_to_its_end() {
    answers(ASKED + "?at=2026-11-01T10%3A00%3A00.999Z", "0", "0");

    rescues("--at=2026-11-01T11:00:00+01:00").exits(0);

    assertThat(out).hasContent(TEXT);
  }

  @Test
  void a_file_that_is_there_stays_unless_it_is_to_be_replaced() throws IOException {
    answers(ASKED, "0", "0");
    Files.writeString(out, "precious");

    assertThat(rescues().exits(1).err()).contains(out + " is there already", "--force");
    assertThat(rescues("--output=json").exits(1).error().path("error").asString())
        .isEqualTo("not-written");
    assertThat(out).hasContent("precious");
    assertThat(services.asked()).isEmpty();

    rescues("--force").exits(0);
    assertThat(out).hasContent(TEXT);
    assertThat(files()).containsExactly(out);
  }

  @Test
  void what_cannot_be_written_is_told() throws IOException {
    answers(ASKED, "0", "0");
    out = directory.resolve("none/Mara.jsonl");
    assertThat(rescues().exits(1).err()).contains(out + " could not be written", "directory");
    out = directory;
    assertThat(rescues("--force").exits(1).err()).contains(directory + " is a directory");
    assertThat(files()).isEmpty();
  }

  @Test
  void what_is_refused_or_is_something_else_leaves_no_file() throws IOException {
    assertThat(rescues().exits(3).err()).contains("something else");
    services.answer(ASKED, "{\"mes\":\"JSON, and no file\"}");
    assertThat(rescues().exits(3).err()).contains("something else");
    services.refuse(ASKED, 404, "no-such-chat", "Not Found", "The log has no such chat.");
    assertThat(rescues().exits(1).err())
        .contains("the watcher says no: Not Found. The log has no such chat.")
        .contains("'tavern-mem0 rescue --list' lists them");
    Files.writeString(out, "precious");
    rescues("--force").exits(1);

    assertThat(files()).containsExactly(out);
    assertThat(out).hasContent("precious");
  }

  @Test
  void an_answer_that_breaks_off_leaves_no_file() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "application/jsonl");
          exchange.sendResponseHeaders(200, 100_000);
          exchange.getResponseBody().write(new byte[70_000]);
          exchange.getResponseBody().flush();
          exchange.close();
        });
    server.start();
    try {
      operator.at("http://127.0.0.1:" + server.getAddress().getPort());

      assertThat(rescues().exits(3).err()).contains("the connection broke off");
      assertThat(files()).isEmpty();
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest(name = "one is there: {0}")
  @ValueSource(booleans = {false, true})
  void a_command_that_is_killed_amid_the_file_leaves_what_was_there(boolean isThere)
      throws IOException {
    CountDownLatch killed = new CountDownLatch(1);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "application/jsonl");
          exchange.sendResponseHeaders(200, 200_000);
          exchange.getResponseBody().write(new byte[150_000]);
          exchange.getResponseBody().flush();
          awaitUninterruptibly(killed);
          exchange.close();
        });
    server.start();
    try {
      if (isThere) {
        Files.writeString(out, "precious");
      }
      JavaProcess command =
          JavaProcess.start(
              TavernMem0.class.getName(),
              List.of("-XX:TieredStopAtLevel=1"),
              List.of(
                  "rescue",
                  "--chat=" + ID,
                  "--out=" + out,
                  "--force",
                  "--watcher-url=http://127.0.0.1:" + server.getAddress().getPort()),
              home.resolve("rescue.log"));
      await().atMost(Duration.ofMinutes(2)).until(this::isBegun);

      command.kill();
    } finally {
      killed.countDown();
      server.stop(0);
    }

    if (isThere) {
      assertThat(out).hasContent("precious");
    } else {
      assertThat(out).doesNotExist();
    }
    answers(ASKED, "0", "0");
    rescues("--force").exits(0);
    assertThat(out).hasContent(TEXT);
  }

  /** Whether some of the file has arrived. */
  private boolean isBegun() throws IOException {
    for (Path file : files()) {
      if (!file.equals(out) && Files.size(file) > 0) {
        return true;
      }
    }
    return false;
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void what_the_log_has_is_a_line_each() {
    services.answer("GET /v1/rescues?handle=a%20b&character=Mara", LIST);

    assertThat(operator.runs("rescue", "--list", "--handle=a b", "--character=Mara").exits(0).out())
        .containsPattern(
            "Mara +default-user +Mara.jsonl +2 +2026-11-01T09:00:00Z +2026-11-02T09:00:00Z +"
                + "deleted 2026-11-03T09:00:00Z, had 34 turns until 2026-11-01T10:00:00Z +"
                + ID)
        .containsPattern("The crew +default-user +crew.jsonl +5 .*there, 4 turns without their")
        .contains("rescue --chat CHAT --out FILE", "1 records of the log could not be read");
    services.answer("GET /v1/rescues", "{\"chats\":[],\"unreadable_records\":0}");
    assertThat(operator.runs("rescue", "--list").exits(0).out()).contains("no chat that fits");
  }

  @Test
  void a_chat_may_be_named_by_its_file() {
    services.answer("GET /v1/rescues", LIST);
    answers(ASKED, "0", "0");

    operator.runs("rescue", "--chat=Mara", "--out=" + out).exits(0);

    assertThat(out).hasContent(TEXT);
    assertThat(operator.runs("rescue", "--chat=Teo", "--out=" + directory + "/t").exits(1).err())
        .contains("no chat 'Teo'", "rescue --list");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rescue",
        "rescue --chat=x",
        "rescue --out=x",
        "rescue --list --chat=x",
        "rescue --list --at=2026-01-01",
        "rescue --list --force"
      })
  void a_command_that_does_not_say_what_it_wants_is_wrong_usage(String command) {
    assertThat(operator.runs(command.split(" ")).exits(2).err())
        .contains("--chat and --out", "--list");
    assertThat(services.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "2026-02-30", "2026-11-01T25:00", "2026-11-01T10", ""})
  void what_is_no_time_is_wrong_usage(String time) {
    assertThat(rescues("--at=" + time).exits(2).err())
        .contains("--at", "2025-12-28T09:00:00Z", "your time zone");
    assertThat(services.asked()).isEmpty();
  }
}
