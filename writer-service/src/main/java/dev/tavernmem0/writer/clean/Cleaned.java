package dev.tavernmem0.writer.clean;

import org.jspecify.annotations.Nullable;

/**
 * A message after cleaning.
 *
 * @param text what was said; empty if nothing was
 * @param skipReason why nothing is left: {@code empty}, {@code reasoning only}, {@code image only},
 *     {@code out of character only} or {@code markup only}; null if something is
 */
public record Cleaned(String text, @Nullable String skipReason) {

  static Cleaned kept(String text) {
    return new Cleaned(text, null);
  }

  static Cleaned skipped(String reason) {
    return new Cleaned("", reason);
  }
}
