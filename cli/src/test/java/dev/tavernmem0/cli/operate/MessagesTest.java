package dev.tavernmem0.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.cli.TavernMem0;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

/** Both languages say everything. */
class MessagesTest {
  private static final Pattern PLACE = Pattern.compile("%(\\d\\$)?[sdn]");

  @Test
  void both_languages_have_the_same_messages_with_the_same_places() {
    Messages english = Messages.in(Locale.ENGLISH);
    Messages chinese = Messages.in(Locale.CHINESE);

    assertThat(new TreeSet<>(chinese.bundle().keySet()))
        .isEqualTo(new TreeSet<>(english.bundle().keySet()));
    for (String key : english.bundle().keySet()) {
      assertThat(places(chinese, key)).as(key).isEqualTo(places(english, key));
    }
    assertThat(chinese.text("fate.dead")).isEqualTo("被拒绝");
  }

  @ParameterizedTest
  @CsvSource({
    "LC_ALL, zh_CN.UTF-8, 被拒绝",
    "LANG, zh, 被拒绝",
    "LANG, zh-TW, 被拒绝",
    "LANGUAGE, zh:en, 被拒绝",
    "LC_ALL, C.UTF-8, dead",
    "LC_ALL, en_GB.UTF-8, dead",
    "LC_ALL, de_DE, dead",
    "LC_ALL, POSIX, dead"
  })
  void the_environment_says_which(String variable, String value, String dead) {
    assertThat(Messages.of(Map.of(variable, value)).text("fate.dead")).isEqualTo(dead);
  }

  @ParameterizedTest
  @ValueSource(strings = {"en", "zh"})
  void every_command_option_and_parameter_has_its_help(String language) {
    CommandLine program =
        TavernMem0.commandLine(
            new Surroundings(Map.of("LANG", language), InputStream.nullInputStream()));
    List<String> silent = new ArrayList<>();

    collectSilent(program, silent);

    assertThat(silent).isEmpty();
    assertThat(program.getUsageMessage()).contains(language.equals("zh") ? "命令：" : "Commands:");
  }

  private static void collectSilent(CommandLine command, List<String> silent) {
    String name = command.getCommandSpec().qualifiedName();
    if (command.getCommandSpec().usageMessage().description().length == 0) {
      silent.add(name);
    }
    for (ArgSpec argument : command.getCommandSpec().args()) {
      if (String.join("", argument.description()).isBlank()) {
        silent.add(name + " " + argument.paramLabel());
      }
    }
    command.getSubcommands().values().forEach(each -> collectSilent(each, silent));
  }

  private static List<String> places(Messages messages, String key) {
    return PLACE
        .matcher(messages.bundle().getString(key))
        .results()
        .map(MatchResult::group)
        .sorted()
        .toList();
  }
}
