package dev.tavernmem0.cli.operate;

import org.jspecify.annotations.Nullable;

/**
 * What a setting is, and who says so.
 *
 * @param value as it is written there
 * @param from an option, a variable, or a file with the setting's name; null if it is the default
 */
public record Setting(String value, @Nullable String from) {

  /** Without the value, which may be a key. */
  @Override
  public String toString() {
    return "Setting[from=" + from + "]";
  }
}
