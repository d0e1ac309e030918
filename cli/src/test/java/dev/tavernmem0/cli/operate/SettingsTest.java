package dev.tavernmem0.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who wins when several say where a service is. */
class SettingsTest {
  @TempDir private Path directory;
  private final Map<String, Setting> options = new HashMap<>();
  private final Map<String, String> variables = new HashMap<>();

  @Test
  void the_more_deliberate_one_wins() throws IOException {
    assertThat(writer(null).url()).hasToString("http://127.0.0.1:8003");
    assertThat(writer(null).urlFrom()).isNull();

    file("running", "writer-url=http://running");
    assertThat(writer(null).url()).hasToString("http://running");
    file("user", "writer-url=http://user");
    assertThat(writer(null).url()).hasToString("http://user");
    variables.put("TAVERN_MEM0_WRITER_URL", "http://variable");
    assertThat(writer(null).url()).hasToString("http://variable");
    Path profile = file("given", "writer-url=http://given");
    assertThat(writer(profile).url()).hasToString("http://given");
    assertThat(writer(profile).urlFrom()).isEqualTo(profile + ": writer-url");
    options.put("writer-url", new Setting("http://option", "--writer-url"));
    assertThat(writer(profile).url()).hasToString("http://option");
  }

  @Test
  void what_is_set_to_nothing_is_not_set() throws IOException {
    variables.put("TAVERN_MEM0_WRITER_URL", " ");
    file("user", "writer-url=\napi-key=\n");

    assertThat(writer(null).url()).hasToString("http://127.0.0.1:8003");
    assertThat(writer(null).key()).isNull();
  }

  @Test
  void the_retriever_may_have_a_key_of_its_own() throws IOException {
    file("user", "api-key=one");
    assertThat(settings(null).endpoint(Part.RETRIEVER).key().value()).isEqualTo("one");

    variables.put("TAVERN_MEM0_RETRIEVER_API_KEY", "two");
    assertThat(settings(null).endpoint(Part.RETRIEVER).key().value()).isEqualTo("two");
    assertThat(settings(null).endpoint(Part.WATCHER).key().value()).isEqualTo("one");
  }

  @Test
  void a_key_is_not_printed() throws IOException {
    file("user", "api-key=s3cret");

    assertThat(settings(null).endpoint(Part.WRITER).toString()).doesNotContain("s3cret");
  }

  @Test
  void the_users_profile_is_where_the_platform_keeps_configuration() {
    assertThat(Settings.userProfile(Map.of("XDG_CONFIG_HOME", "/c")))
        .isEqualTo(Path.of("/c/tavern-mem0/profile.properties"));
    assertThat(Settings.userProfile(Map.of()))
        .isEqualTo(
            Path.of(System.getProperty("user.home"), ".config/tavern-mem0/profile.properties"));
  }

  private Endpoint writer(Path profile) {
    return settings(profile).endpoint(Part.WRITER);
  }

  private Settings settings(Path profile) {
    return Settings.of(
        Messages.in(Locale.ROOT),
        options,
        profile,
        variables,
        directory.resolve("user"),
        directory.resolve("running"));
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text, StandardCharsets.UTF_8);
  }
}
