package dev.tavernmem0.writer;

import dev.tavernmem0.writer.clean.CleaningRules;
import dev.tavernmem0.writer.clean.OutOfCharacter;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What of a message is left out; {@code tavern.writer.clean.*}.
 *
 * @param ooc what becomes of out-of-character remarks: {@code keep} or {@code drop}
 * @param reasoningTags names of tags that hold reasoning, besides those that are known
 */
@Validated
@ConfigurationProperties("tavern.writer.clean")
public record CleaningProperties(
    @NotNull @DefaultValue("keep") OutOfCharacter ooc,
    @DefaultValue Set<@NotBlank String> reasoningTags) {

  /** For {@link dev.tavernmem0.writer.clean.Cleaning}. */
  public CleaningRules rules() {
    return new CleaningRules(ooc, reasoningTags);
  }
}
