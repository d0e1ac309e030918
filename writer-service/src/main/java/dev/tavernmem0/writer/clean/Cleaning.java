package dev.tavernmem0.writer.clean;

import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Leaves of a message what was said. Cleaning what is clean changes nothing, and the time it takes
 * grows with the text's length, whatever the text is. Immutable and thread-safe.
 */
public final class Cleaning {
  /**
   * What one round uncovers, the next one removes: a tag written with entities, a tag in pieces
   * around another. Two or three do for what people and models write.
   */
  private static final int MAX_ROUNDS = 8;

  /** Without them nothing is markup. */
  private static final Pattern SIGNS_OF_MARKUP = Pattern.compile("[<>&\\[\\](){}`~!#|◁▷（）]");

  private final Reasoning reasoning;
  private final OutOfCharacter outOfCharacter;

  /** For many messages with the same rules. */
  public Cleaning(CleaningRules rules) {
    this.reasoning = new Reasoning(rules.moreReasoningTags());
    this.outOfCharacter = rules.outOfCharacter();
  }

  /** Cleans one message. */
  public static Cleaned of(String mes, CleaningRules rules) {
    return new Cleaning(rules).of(mes);
  }

  /** Cleans one message. */
  public Cleaned of(String mes) {
    Set<Removed> removed = EnumSet.noneOf(Removed.class);
    String text = stable(mes, removed);
    if (!Whitespace.isBlank(text)) {
      return Cleaned.kept(text);
    }
    return Cleaned.skipped(removed.stream().findFirst().map(Removed::skipReason).orElse("empty"));
  }

  private String stable(String mes, Set<Removed> removed) {
    String text = mes;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      String cleaner = round(text, removed);
      if (cleaner.equals(text)) {
        return text;
      }
      text = cleaner;
    }
    // Made to be like this. Its words stay; what could be markup does not.
    return round(SIGNS_OF_MARKUP.matcher(text).replaceAll(" "), removed);
  }

  private String round(String text, Set<Removed> removed) {
    String plain = Images.withoutData(Whitespace.plain(text), removed);
    HiddenCode code = new HiddenCode();
    String prose = code.hide(reasoning.remove(plain, removed), removed);
    prose = Images.withoutPrompts(Entities.decode(prose), removed);
    prose = Links.words(new Markup(prose, reasoning, removed).remove(), removed);
    prose = Images.withoutLines(prose, removed);
    if (outOfCharacter == OutOfCharacter.DROP) {
      prose = OutOfCharacterRemarks.remove(prose, removed);
    }
    return code.restore(Whitespace.normal(Panels.withoutStatusLines(prose, removed)));
  }
}
