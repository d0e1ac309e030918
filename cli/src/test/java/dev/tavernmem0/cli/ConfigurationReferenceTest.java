package dev.tavernmem0.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.watcher.connect.ChatSourceConfig;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;

class ConfigurationReferenceTest {
  private static final Path REFERENCE = Path.of("..", "docs", "configuration.md");
  private static final String CONNECTOR = "tavern.watcher.connector.";

  static List<String> properties() throws ClassNotFoundException {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
    List<String> names = new ArrayList<>();
    for (var candidate : scanner.findCandidateComponents("dev.tavernmem0")) {
      Class<?> type = Class.forName(candidate.getBeanClassName());
      collect(type.getAnnotation(ConfigurationProperties.class).value(), type, names);
    }
    return names;
  }

  @ParameterizedTest
  @MethodSource("properties")
  void every_property_of_every_service_stands_in_the_reference(String property) throws IOException {
    assertThat(Files.readString(REFERENCE)).contains("`" + property + "`");
  }

  @Test
  void the_connectors_options_stand_in_the_reference_as_the_connector_documents_them()
      throws IOException {
    List<String> expected =
        ChatSourceConfig.definition().configKeys().values().stream()
            .map(ConfigurationReferenceTest::row)
            .toList();

    assertThat(Files.readAllLines(REFERENCE))
        .filteredOn(line -> line.startsWith("| `" + CONNECTOR))
        .containsExactlyElementsOf(expected);
  }

  private static String row(ConfigDef.ConfigKey option) {
    String value =
        option.hasDefault() ? ConfigDef.convertToString(option.defaultValue, option.type) : null;
    String shown = value == null ? "required" : value.isEmpty() ? "empty" : "`" + value + "`";
    return "| `%s%s` | %s | %s |".formatted(CONNECTOR, option.name, shown, option.documentation);
  }

  private static void collect(String prefix, Class<?> type, List<String> names) {
    for (RecordComponent component : type.getRecordComponents()) {
      String name = prefix + "." + kebab(component.getName());
      if (component.getType().isRecord()) {
        collect(name, component.getType(), names);
      } else if (!name.equals("tavern.watcher.connector")) {
        names.add(name);
      }
    }
  }

  private static String kebab(String camelCase) {
    return camelCase.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
