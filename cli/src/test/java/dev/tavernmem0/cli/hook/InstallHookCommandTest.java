package dev.tavernmem0.cli.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tavernmem0.cli.UserErrorException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class InstallHookCommandTest {
  private static final Path SOURCES = Path.of("..", "sillytavern-extension");

  @TempDir private Path app;

  @BeforeEach
  void sillyTavern() throws IOException {
    Files.writeString(app.resolve("server.js"), "");
    version("1.19.0");
  }

  private void version(String version) throws IOException {
    Files.writeString(
        app.resolve("package.json"), "{\"name\":\"sillytavern\",\"version\":\"" + version + "\"}");
  }

  private Path extension() {
    return app.resolve("public/scripts/extensions/third-party/tavern-mem0");
  }

  private Path plugin() {
    return app.resolve("plugins/tavern-mem0");
  }

  private record Result(int exitCode, String text) {}

  private Result run(String... more) {
    StringWriter text = new StringWriter();
    CommandLine command =
        new CommandLine(new InstallHookCommand())
            .setOut(new PrintWriter(text, true))
            .setErr(new PrintWriter(text, true))
            .setExecutionExceptionHandler(
                (exception, line, result) -> {
                  assertThat(exception).isInstanceOf(UserErrorException.class);
                  line.getErr().println(exception.getMessage());
                  return 1;
                });
    String[] arguments =
        Stream.concat(Stream.of("--sillytavern-app", app.toString()), Stream.of(more))
            .toArray(String[]::new);
    return new Result(command.execute(arguments), text.toString());
  }

  @Test
  void a_directory_that_is_not_sillytavern_is_refused() throws IOException {
    Files.delete(app.resolve("server.js"));

    Result result = run();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.text()).contains(app.toString(), "server.js");
    assertThat(plugin()).doesNotExist();
  }

  @Test
  void another_program_is_refused() throws IOException {
    Files.writeString(app.resolve("package.json"), "{\"name\":\"other\",\"version\":\"9.0.0\"}");

    assertThat(run().exitCode()).isEqualTo(1);
  }

  @Test
  void a_version_that_is_too_old_is_refused_by_name() throws IOException {
    version("1.11.8");

    assertThat(run().text()).contains("1.11.8", "1.14");
    assertThat(extension()).doesNotExist();
  }

  @Test
  void somebody_elses_directory_is_left_alone() throws IOException {
    Files.createDirectories(plugin());
    Files.writeString(plugin().resolve("index.mjs"), "theirs");

    Result result = run();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(plugin().resolve("index.mjs")).hasContent("theirs");
    assertThat(extension()).doesNotExist();
    assertThat(run("--uninstall").exitCode()).isEqualTo(1);
    assertThat(plugin().resolve("index.mjs")).hasContent("theirs");
  }

  @Test
  void both_parts_are_copied_whole_and_the_next_step_is_said() throws IOException {
    Result result = run();

    assertThat(result.exitCode()).isZero();
    assertThat(result.text()).contains("enableServerPlugins: true", "Restart SillyTavern");
    assertSame(SOURCES.resolve("extension"), extension());
    assertSame(SOURCES.resolve("plugin"), plugin());
  }

  @Test
  void it_sees_that_plugins_are_switched_on_already() throws IOException {
    Files.writeString(app.resolve("config.yaml"), "port: 8000\nenableServerPlugins: true # on\n");

    assertThat(run().text()).contains("set already");
  }

  @Test
  void an_upgrade_replaces_the_files_and_keeps_the_users_configuration() throws IOException {
    run();
    Files.writeString(plugin().resolve("config.json"), "{}");
    Files.writeString(plugin().resolve("old.mjs"), "gone in the new version");
    Files.writeString(extension().resolve("index.js"), "outdated");

    assertThat(run().exitCode()).isZero();

    assertThat(plugin().resolve("config.json")).exists();
    assertThat(plugin().resolve("old.mjs")).doesNotExist();
    assertSame(SOURCES.resolve("extension"), extension());
  }

  @Test
  void what_a_call_that_broke_off_left_behind_is_installed_over_or_removed() {
    HookFiles breaksOff = new HookFiles("sillytavern/no-such-directory/", plugin());
    assertThatExceptionOfType(UserErrorException.class).isThrownBy(breaksOff::install);

    assertThat(run("--uninstall").exitCode()).isZero();
    assertThat(plugin()).doesNotExist();

    assertThatExceptionOfType(UserErrorException.class).isThrownBy(breaksOff::install);
    assertThat(run().exitCode()).isZero();
    assertThat(plugin().resolve("index.mjs")).exists();
  }

  @Test
  void uninstalling_removes_what_was_installed_and_nothing_else() throws IOException {
    Path neighbour = Files.createDirectories(app.resolve("plugins/other"));
    run();

    assertThat(run("--uninstall").text()).contains("Removed");

    assertThat(extension()).doesNotExist();
    assertThat(plugin()).doesNotExist();
    assertThat(neighbour).exists();
    assertThat(run("--uninstall").text()).contains("Nothing was installed");
  }

  private static void assertSame(Path source, Path installed) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(source)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    assertThat(files).isNotEmpty();
    for (Path file : files) {
      assertThat(installed.resolve(source.relativize(file))).hasSameBinaryContentAs(file);
    }
  }
}
