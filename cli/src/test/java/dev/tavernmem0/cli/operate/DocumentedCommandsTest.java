package dev.tavernmem0.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.tavernmem0.cli.TavernMem0;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Commands that the documentation and the messages tell people to give can be given. */
class DocumentedCommandsTest {
  private static final Pattern ADVISED = Pattern.compile("tavern-mem0 ([a-z-]+)(?: ([a-z]+))?");

  private final CommandLine program =
      TavernMem0.commandLine(new Surroundings(Map.of(), InputStream.nullInputStream()));

  static Stream<Documented> shown() throws IOException {
    return Documented.in(Path.of("..", "docs", "operations.md")).stream();
  }

  @ParameterizedTest
  @MethodSource("shown")
  void what_the_documentation_shows(Documented command) {
    assertThatCode(() -> program.parseArgs(command.words().toArray(String[]::new)))
        .doesNotThrowAnyException();
  }

  @Test
  void the_documentation_shows_every_command() throws IOException {
    List<String> shown = shown().map(command -> command.words().get(0)).distinct().toList();

    assertThat(shown)
        .containsAll(
            program.getSubcommands().keySet().stream()
                .filter(name -> !name.equals("run") && !name.equals("install-hook"))
                .toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"en", "zh"})
  void what_messages_advise(String language) {
    Messages messages = Messages.in(Locale.forLanguageTag(language));
    List<MatchResult> advised =
        messages.bundle().keySet().stream()
            .flatMap(key -> ADVISED.matcher(messages.bundle().getString(key)).results())
            .toList();

    assertThat(advised).hasSizeGreaterThan(20);
    for (MatchResult command : advised) {
      CommandLine known = program.getSubcommands().get(command.group(1));
      assertThat(known).as(command.group()).isNotNull();
      if (!known.getSubcommands().isEmpty()) {
        assertThat(known.getSubcommands()).as(command.group()).containsKey(command.group(2));
      }
    }
  }
}
