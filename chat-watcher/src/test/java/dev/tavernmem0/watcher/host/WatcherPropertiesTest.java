package dev.tavernmem0.watcher.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.watcher.ChatWatcherApplication;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

@ExtendWith(OutputCaptureExtension.class)
class WatcherPropertiesTest {
  private static final Map<String, String> EXPECTED =
      Map.of(
          "data.root", "/chats",
          "tavern.name", "inn",
          "max.line.bytes", "4096",
          "include.raw", "false",
          "handles", "eve,Adam");

  private static WatcherProperties bound(PropertySource<?>... sources) {
    MutablePropertySources all = new MutablePropertySources();
    for (PropertySource<?> source : sources) {
      all.addLast(source);
    }
    return new Binder(ConfigurationPropertySources.from(all))
        .bind("tavern.watcher", WatcherProperties.class)
        .get();
  }

  private static Map<String, String> connector(PropertySource<?>... sources) {
    return bound(sources).connector();
  }

  private static PropertySource<?> environment(Map<String, Object> variables) {
    return new SystemEnvironmentPropertySource("systemEnvironment", variables);
  }

  private static PropertySource<?> yaml(String text) throws Exception {
    return new YamlPropertySourceLoader()
        .load("yaml", new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)))
        .get(0);
  }

  @Test
  void environment_variables_become_the_connectors_names() {
    assertThat(
            connector(
                environment(
                    Map.of(
                        "TAVERN_WATCHER_CONNECTOR_DATA_ROOT", "/chats",
                        "TAVERN_WATCHER_CONNECTOR_TAVERN_NAME", "inn",
                        "TAVERN_WATCHER_CONNECTOR_MAX_LINE_BYTES", "4096",
                        "TAVERN_WATCHER_CONNECTOR_INCLUDE_RAW", "false",
                        "TAVERN_WATCHER_CONNECTOR_HANDLES", "eve,Adam"))))
        .isEqualTo(EXPECTED);
  }

  @Test
  void nested_keys_of_a_yaml_file_become_the_connectors_names() throws Exception {
    assertThat(
            connector(
                yaml(
                    """
                    tavern:
                      watcher:
                        connector:
                          data:
                            root: /chats
                          tavern.name: inn
                          max.line:
                            bytes: 4096
                          include.raw: false
                          handles: eve,Adam
                    """)))
        .isEqualTo(EXPECTED);
  }

  @Test
  void arguments_become_the_connectors_names() {
    assertThat(
            connector(
                new SimpleCommandLinePropertySource(
                    "--tavern.watcher.connector.data.root=/chats",
                    "--tavern.watcher.connector.tavern.name=inn",
                    "--tavern.watcher.connector.max.line.bytes=4096",
                    "--tavern.watcher.connector.include.raw=false",
                    "--tavern.watcher.connector.handles=eve,Adam")))
        .isEqualTo(EXPECTED);
  }

  @Test
  void an_argument_goes_before_the_environment_and_that_before_a_file() throws Exception {
    assertThat(
            connector(
                new SimpleCommandLinePropertySource("--tavern.watcher.connector.data.root=/a"),
                environment(
                    Map.of(
                        "TAVERN_WATCHER_CONNECTOR_DATA_ROOT", "/b",
                        "TAVERN_WATCHER_CONNECTOR_TIME_ZONE", "Europe/Prague")),
                yaml(
                    "tavern.watcher.connector: {data.root: /c, time.zone: UTC, watch.mode: poll}")))
        .isEqualTo(Map.of("data.root", "/a", "time.zone", "Europe/Prague", "watch.mode", "poll"));
  }

  @Test
  void what_is_not_given_is_the_connectors_default() {
    WatcherProperties properties =
        bound(new SimpleCommandLinePropertySource("--tavern.watcher.connector.data.root=chats"));

    assertThat(properties.connectorConfig().dataRoot()).isEqualTo(Path.of("chats"));
    assertThat(properties.connectorConfig().tavernName()).isEqualTo("tavern");
  }

  private static void start(String... arguments) {
    ChatWatcherApplication.builder()
        .properties("server.port=0")
        .registerShutdownHook(false)
        .run(arguments)
        .close();
  }

  @Test
  void without_a_data_root_it_does_not_start_and_says_what_is_missing(CapturedOutput output) {
    assertThatThrownBy(() -> start()).isInstanceOf(RuntimeException.class);

    assertThat(output)
        .contains("tavern.watcher.connector.data.root: Missing required configuration");
  }

  @Test
  void a_name_that_the_connector_does_not_have_stops_the_start(CapturedOutput output) {
    assertThatThrownBy(
            () ->
                start(
                    "--tavern.watcher.connector.data.root=chats",
                    "--tavern.watcher.connector.data-rooot=chats"))
        .isInstanceOf(RuntimeException.class);

    assertThat(output)
        .contains("tavern.watcher.connector.data-rooot: there is no such option")
        .contains("data.root, handles,");
  }

  @Test
  void a_list_in_place_of_commas_is_refused_too(CapturedOutput output) {
    assertThatThrownBy(
            () ->
                start(
                    "--tavern.watcher.connector.data.root=chats",
                    "--tavern.watcher.connector.handles[0]=eve"))
        .isInstanceOf(RuntimeException.class);

    assertThat(output).contains("tavern.watcher.connector.handles.0: there is no such option");
  }

  @Test
  void wrong_values_stop_the_start_each_with_its_name_value_and_rule(CapturedOutput output) {
    assertThatThrownBy(
            () ->
                start(
                    "--tavern.watcher.connector.data.root=chats",
                    "--tavern.watcher.connector.max.line.bytes=12",
                    "--tavern.watcher.connector.poll.interval.ms=soon",
                    "--tavern.watcher.connector.watch.mode=guess",
                    "--tavern.watcher.connector.time.zone=Prague",
                    "--tavern.watcher.connector.handles=../eve"))
        .isInstanceOf(RuntimeException.class);

    assertThat(output)
        .containsPattern("tavern.watcher.connector.max.line.bytes: .*12.* must be at least 1024")
        .containsPattern("tavern.watcher.connector.poll.interval.ms: .*soon.* LONG")
        .containsPattern("tavern.watcher.connector.watch.mode: .*guess.*AUTO, POLL")
        .containsPattern("tavern.watcher.connector.time.zone: .*Prague.* for example Europe/Prague")
        .containsPattern("tavern.watcher.connector.handles: .*../eve.* directory names");
  }
}
