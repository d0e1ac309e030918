package dev.tavernmem0.cli.operate;

import java.util.Locale;

/** How a command shows what it was answered. */
enum Output {
  /** For people. */
  TEXT,
  /** As the service said it, for programs. */
  JSON;

  /** As it is given on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
