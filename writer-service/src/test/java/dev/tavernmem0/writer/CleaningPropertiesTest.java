package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.writer.clean.CleaningRules;
import dev.tavernmem0.writer.clean.OutOfCharacter;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class CleaningPropertiesTest {
  @Test
  void without_settings_the_rules_are_the_default() {
    assertThat(rules(Map.of())).isEqualTo(CleaningRules.DEFAULT);
  }

  @Test
  void an_operator_sets_what_becomes_of_remarks_and_more_tags() {
    assertThat(
            rules(
                Map.of(
                    "tavern.writer.clean.ooc",
                    "drop",
                    "tavern.writer.clean.reasoning-tags",
                    "ponder, plan")))
        .isEqualTo(new CleaningRules(OutOfCharacter.DROP, Set.of("ponder", "plan")));
  }

  private static CleaningRules rules(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("tavern.writer.clean", CleaningProperties.class)
        .rules();
  }
}
