package dev.tavernmem0.retriever.web;

import dev.tavernmem0.service.problem.RefusedException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a user writes for mem0 to keep. */
final class WrittenText {
  /** What embedders take: some 8,000 tokens, of which Chinese needs one a character. */
  static final int MAX_CHARS = 8_000;

  private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");

  private WrittenText() {}

  /**
   * The text as it can be stored: without U+0000, which PostgreSQL does not take, and halves of
   * surrogate pairs, which no UTF-8 can carry.
   *
   * @throws RefusedException if there is none, or too much of it; quotes none of it
   */
  static String of(@Nullable String text) {
    String whole =
        text == null
            ? ""
            : LONE_SURROGATE.matcher(text.replace("\u0000", "")).replaceAll("\uFFFD").strip();
    if (whole.isEmpty()) {
      throw RefusedException.invalidField("text", "", "send what is to be remembered");
    }
    if (whole.length() > MAX_CHARS) {
      throw RefusedException.invalidField(
          "text", whole.length() + " characters", "send at most " + MAX_CHARS + " characters");
    }
    return whole;
  }
}
