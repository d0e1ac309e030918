package dev.tavernmem0.cli.doctor;

import java.util.Locale;

/** How something was found. */
enum Result {
  OK,
  /** It works, but not as it should, or not for long. */
  WARNING,
  /** Something does not work until it is mended. */
  PROBLEM,
  /** It cannot be seen from here, or only when something else works. */
  NOT_CHECKED;

  /** For programs. */
  String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
