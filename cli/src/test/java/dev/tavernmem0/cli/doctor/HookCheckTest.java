package dev.tavernmem0.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.cli.Resources;
import dev.tavernmem0.cli.operate.Messages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HookCheckTest {
  @TempDir private Path app;
  private Path data;
  private Path extension;
  private Path plugin;

  @BeforeEach
  void sillyTavern() throws IOException {
    Files.writeString(app.resolve("server.js"), "");
    Files.writeString(
        app.resolve("package.json"), "{\"name\":\"sillytavern\",\"version\":\"1.19.0\"}");
    data = Files.createDirectories(app.resolve("data"));
    extension = app.resolve("public/scripts/extensions/third-party/tavern-mem0");
    plugin = app.resolve("plugins/tavern-mem0");
  }

  private void install() throws IOException {
    install("extension", extension);
    install("plugin", plugin);
  }

  private static void install(String part, Path target) throws IOException {
    Resources.copy("sillytavern/" + part + "/", Files.createDirectories(target));
  }

  private static List<Finding> found(@Nullable Path app, @Nullable Path data) {
    return new HookCheck(app, data, Messages.in(Locale.ENGLISH)).findings();
  }

  private Finding hook() {
    return found(app, data).get(0);
  }

  private Finding plugins() {
    return found(app, data).get(1);
  }

  @Test
  void without_the_program_folder_nothing_can_be_said() throws IOException {
    Path elsewhere = Files.createDirectories(app.resolve("somewhere/data"));

    assertThat(found(null, elsewhere))
        .extracting(Finding::result)
        .containsExactly(Result.NOT_CHECKED, Result.NOT_CHECKED);
    assertThat(found(null, null).get(0).mend()).contains("doctor --sillytavern-app");
  }

  @Test
  void what_is_not_sillytavern_or_too_old_is_a_problem() throws IOException {
    Files.writeString(
        app.resolve("package.json"), "{\"name\":\"sillytavern\",\"version\":\"1.12.0\"}");

    assertThat(hook().result()).isEqualTo(Result.PROBLEM);
    assertThat(hook().text()).contains("1.12.0 is too old");
    assertThat(plugins().result()).isEqualTo(Result.NOT_CHECKED);
  }

  @Test
  void a_hook_that_is_not_installed_is_a_problem() {
    assertThat(hook().result()).isEqualTo(Result.PROBLEM);
    assertThat(hook().mend())
        .contains("tavern-mem0 install-hook --sillytavern-app '" + app.toAbsolutePath() + "'");
  }

  @Test
  void half_a_hook_is_a_problem_that_names_the_missing_half() throws IOException {
    install("extension", extension);

    assertThat(hook().result()).isEqualTo(Result.PROBLEM);
    assertThat(hook().text()).contains(plugin.toString());
  }

  @Test
  void a_hook_of_another_version_is_a_warning() throws IOException {
    install();
    Files.writeString(plugin.resolve("index.mjs"), "// of another version");

    assertThat(hook().result()).isEqualTo(Result.WARNING);
    assertThat(hook().text()).contains("another version", plugin.toString());
  }

  @Test
  void a_hook_that_lacks_a_file_is_a_warning() throws IOException {
    install();
    Files.delete(extension.resolve("index.js"));

    assertThat(hook().result()).isEqualTo(Result.WARNING);
  }

  @Test
  void the_users_own_settings_make_no_other_version() throws IOException {
    install();
    Files.writeString(plugin.resolve("config.json"), "{}");

    assertThat(hook().result()).isEqualTo(Result.OK);
    assertThat(hook().text()).contains("1.19.0");
  }

  @Test
  void an_extension_of_one_user_will_do() throws IOException {
    install("extension", data.resolve("default-user/extensions/tavern-mem0"));
    install("plugin", plugin);

    assertThat(hook().result()).isEqualTo(Result.OK);
  }

  @Test
  void the_program_is_found_above_its_data() throws IOException {
    install();

    assertThat(found(null, data).get(0).result()).isEqualTo(Result.OK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "enableServerPlugins: false\n", "# enableServerPlugins: true\n"})
  void plugins_that_are_not_switched_on_are_a_problem(String config) throws IOException {
    assertThat(plugins().result()).isEqualTo(Result.PROBLEM);

    Files.writeString(app.resolve("config.yaml"), config);

    assertThat(plugins().result()).isEqualTo(Result.PROBLEM);
    assertThat(plugins().mend())
        .contains("enableServerPlugins: true", "SILLYTAVERN_ENABLESERVERPLUGINS=true");
  }

  @Test
  void plugins_that_are_switched_on_are_well() throws IOException {
    Files.writeString(app.resolve("config.yaml"), "port: 8000\nenableServerPlugins: true # yes\n");

    assertThat(plugins().result()).isEqualTo(Result.OK);
  }
}
