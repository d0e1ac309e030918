package dev.tavernmem0.writer.clean;

import java.util.Set;

/**
 * What is a matter of taste in cleaning.
 *
 * @param outOfCharacter what becomes of out-of-character remarks
 * @param moreReasoningTags names of tags that hold reasoning, besides those that are known
 */
public record CleaningRules(OutOfCharacter outOfCharacter, Set<String> moreReasoningTags) {
  /** Remarks are kept, and the known names are enough. */
  public static final CleaningRules DEFAULT = new CleaningRules(OutOfCharacter.KEEP, Set.of());

  public CleaningRules {
    moreReasoningTags = Set.copyOf(moreReasoningTags);
  }
}
