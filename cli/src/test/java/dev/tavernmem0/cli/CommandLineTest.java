package dev.tavernmem0.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.tavernmem0.cli.operate.Surroundings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the user sees of wrong input: one sentence, the right exit code, nothing started. */
class CommandLineTest {
  @TempDir Path directory;

  private record Result(int exitCode, String out, String err) {
    void saysOnly(int expectedExitCode, String... fragments) {
      assertThat(err).contains(fragments).startsWith("tavern-mem0: ");
      assertThat(err.strip().lines()).as(err).hasSizeLessThanOrEqualTo(2);
      assertThat(err).doesNotContain("Exception", "\tat ");
      assertThat(exitCode).isEqualTo(expectedExitCode);
      assertThat(out).isEmpty();
    }

    void failsStarting(String... fragments) {
      new Result(exitCode, "", err).saysOnly(1, fragments);
      assertThat(out).contains("starts on").doesNotContain("ready");
    }
  }

  @Test
  void without_a_command_it_says_what_to_do() throws IOException {
    execute().saysOnly(2, "Missing command", "tavern-mem0 run");
  }

  @Test
  void an_unknown_option_is_named() throws IOException {
    execute("run", "--bogus").saysOnly(2, "--bogus", "tavern-mem0 run --help");
  }

  @Test
  void an_unknown_command_is_named() throws IOException {
    execute("ruin").saysOnly(2, "ruin");
  }

  @Test
  void a_port_that_is_no_number_is_named() throws IOException {
    execute("run", "--writer-port", "many").saysOnly(2, "--writer-port", "many");
  }

  @Test
  void help_tells_every_option_and_its_default() throws IOException {
    Result result = execute("run", "--help");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .contains("--sillytavern=PATH", "--data-dir=DIR", "--mem0-url=URL", "--kafka=HOST:PORT")
        .contains("tavern-mem0\n", "8001", "8002", "8003", "8004", "9092")
        .doesNotContain("%s", "${");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void the_versions_of_program_and_java_are_told() throws IOException {
    Result result = execute("--version");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).contains("tavern-mem0 ", System.getProperty("java.version"));
  }

  @Test
  void a_missing_directory_is_named() throws IOException {
    Path missing = directory.resolve("no such place");
    run("--sillytavern", missing.toString()).saysOnly(1, "no such directory", missing.toString());
  }

  @Test
  void a_file_is_no_data_root() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    run("--sillytavern", file.toString()).saysOnly(1, "not a directory", file.toString());
  }

  @Test
  void a_directory_without_users_is_no_data_root() throws IOException {
    run("--sillytavern", directory.toString())
        .saysOnly(1, "not a SillyTavern data root", directory.toString());
  }

  @Test
  void given_one_users_directory_it_names_the_data_root() throws IOException {
    Path user = user(directory.resolve("data"));
    run("--sillytavern", user.toString())
        .saysOnly(1, "one user's directory", user.getParent().toString());
  }

  @Test
  void given_the_program_it_names_the_data_root() throws IOException {
    Path program = directory.resolve("SillyTavern");
    user(program.resolve("data"));
    run("--sillytavern", program.toString())
        .saysOnly(1, "SillyTavern's program", program.resolve("data").toString());
  }

  @Test
  void every_port_that_is_taken_is_named_with_the_option_that_moves_it() throws IOException {
    try (ServerSocket one = listen();
        ServerSocket other = listen()) {
      run("--writer-port", port(one), "--memory-port", port(other))
          .saysOnly(1, port(one) + " (--writer-port)", port(other) + " (--memory-port)", "taken");
    }
  }

  @Test
  void two_parts_cannot_share_a_port() throws IOException {
    run("--writer-port", "18999", "--kafka-port", "18999")
        .saysOnly(1, "--writer-port", "--kafka-port", "18999");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "65536"})
  void a_port_out_of_range_is_refused(String port) throws IOException {
    run("--watcher-port", port).saysOnly(1, "--watcher-port", port, "1 and 65535");
  }

  @Test
  void a_data_directory_in_use_is_refused() throws IOException {
    Path data = Files.createDirectory(directory.resolve("used"));
    try (FileChannel channel =
            FileChannel.open(
                data.resolve("run.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      run("--data-dir", data.toString()).saysOnly(1, "in use", data.toString());
    }
  }

  @Test
  void a_data_directory_that_cannot_be_made_is_refused() throws IOException {
    Path below = Files.createFile(directory.resolve("file")).resolve("data");
    run("--data-dir", below.toString()).saysOnly(1, "cannot be written", below.toString());
  }

  @Test
  void a_file_is_no_data_directory() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    run("--data-dir", file.toString()).saysOnly(1, "cannot be written", "not a directory");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost:8001", "ftp://localhost", "http:///path", "http://local host", "8001"})
  void what_is_no_http_url_is_no_mem0(String url) throws IOException {
    run("--mem0-url", url).saysOnly(1, "--mem0-url", url, "http://localhost:8001");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "host", "host:0", "host:port", "host:99999", "a:1,b", "a:1,"})
  void what_is_no_address_is_no_kafka(String address) throws IOException {
    run("--kafka", address).saysOnly(1, "--kafka", "'" + address + "'", "localhost:29092");
  }

  @Test
  void what_is_no_http_url_is_no_target() throws IOException {
    run("--target-url", "8001").saysOnly(1, "--target-url", "8001", "http://localhost:8001");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://mem0.example:8001", "http://MEM0.example:8001/"})
  void the_mem0_that_serves_is_no_target(String target) throws IOException {
    run("--mem0-url", "http://mem0.example:8001", "--target-url", target)
        .saysOnly(1, "--target-url", "is the one that serves");
  }

  @Test
  void the_embedded_memory_server_is_no_target() throws IOException {
    run("--memory-port", "18997", "--target-url", "http://localhost:18997")
        .saysOnly(1, "--target-url", "is the one that serves");
  }

  @Test
  void a_target_has_a_ledger_of_its_own() throws IOException {
    String target = "http://mem0.example:8001";
    run("--target-url", target, "--target-ledger", "tavern.memory.ledger")
        .saysOnly(1, "--target-ledger", "the mem0 that serves");
    run("--target-url", target, "--target-ledger", "next", "--ledger", "next")
        .saysOnly(1, "--target-ledger: next");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no ledger", "tavern.chat.turns", ".", "a/b"})
  void what_is_no_name_of_a_ledger_is_refused(String name) throws IOException {
    run("--ledger", name).saysOnly(1, "--ledger: ", "'" + name + "'");
    run("--target-url", "http://mem0.example:8001", "--target-ledger", name)
        .saysOnly(1, "--target-ledger: ", "'" + name + "'");
  }

  @Test
  void a_targets_ledger_is_nothing_without_a_target() throws IOException {
    run("--target-ledger", "next").saysOnly(1, "--target-ledger", "no --target-url", "--ledger");
  }

  @Test
  void the_targets_writer_cannot_have_anothers_port() throws IOException {
    run(
            "--target-url",
            "http://mem0.example:8001",
            "--writer-port",
            "18999",
            "--target-writer-port",
            "18999")
        .saysOnly(1, "--writer-port and --target-writer-port are both 18999");
  }

  @Test
  void a_web_page_in_place_of_mem0_ends_it_before_anything_starts() throws IOException {
    try (WebPage page = new WebPage()) {
      run("--mem0-url", "http://" + page.address())
          .failsStarting("--mem0-url", page.address(), "something else");
    }
  }

  @Test
  void a_web_server_in_place_of_kafka_ends_it_before_anything_starts() throws IOException {
    try (WebPage page = new WebPage()) {
      run("--kafka", page.address()).failsStarting("--kafka", page.address(), "HTTP");
    }
  }

  @Test
  void an_option_that_is_given_twice_is_refused() throws IOException {
    execute("run", "--writer-port", "18998", "--memory-port", "18999", "--writer-port", "18997")
        .saysOnly(2, "--writer-port");
  }

  private Result run(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("run"));
    List<String> given = List.of(arguments);
    all.addAll(given);
    // All open at once: one that is closed may be the next that is free.
    List<ServerSocket> free = new ArrayList<>();
    for (String option :
        List.of("retriever", "writer", "watcher", "memory", "kafka", "target-writer")) {
      if (!given.contains("--" + option + "-port")) {
        free.add(listen());
        Stream.of("--" + option + "-port", port(free.get(free.size() - 1))).forEach(all::add);
      }
    }
    for (ServerSocket socket : free) {
      socket.close();
    }
    if (!given.contains("--data-dir")) {
      Stream.of("--data-dir", directory.resolve("run").toString()).forEach(all::add);
    }
    return execute(all.toArray(String[]::new));
  }

  private Result execute(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine = TavernMem0.commandLine(Surroundings.ofProcess());
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    int exitCode = commandLine.execute(arguments);
    return new Result(exitCode, out.toString(), err.toString());
  }

  /** Answers everything with a page. */
  private static final class WebPage implements AutoCloseable {
    private static final byte[] PAGE = "<h1>It works!</h1>".getBytes(StandardCharsets.UTF_8);
    private final HttpServer server;

    WebPage() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, PAGE.length);
            exchange.getResponseBody().write(PAGE);
            exchange.close();
          });
      server.start();
    }

    String address() {
      return "127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private static Path user(Path root) throws IOException {
    Path user = root.resolve("default-user");
    Files.createDirectories(user.resolve("chats"));
    return user;
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private static String port(ServerSocket socket) {
    return Integer.toString(socket.getLocalPort());
  }
}
