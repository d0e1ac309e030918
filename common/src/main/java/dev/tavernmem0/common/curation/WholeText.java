package dev.tavernmem0.common.curation;

import java.util.regex.Pattern;

/** Texts that UTF-8 can carry: mem0 can answer with halves of surrogate pairs. */
final class WholeText {
  private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");

  private WholeText() {}

  @SuppressWarnings("NullAway") // Jackson's null passes through, for the codec to name.
  static String of(String text) {
    return text == null ? null : LONE_SURROGATE.matcher(text).replaceAll("\uFFFD");
  }
}
