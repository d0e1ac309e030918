package dev.tavernmem0.cli.run;

/** What a look at a part that others run has found. */
sealed interface Look {
  /**
   * It is there.
   *
   * @param part what and where, for example {@code mem0 v2 at http://localhost:8001}
   */
  record Here(String part) implements Look {}

  /**
   * It may still come, by itself or by what somebody does.
   *
   * @param part what and where
   * @param why what is found in its place
   * @param remedy what to do, and how it is until then; the same for everything that looks the same
   *     to whoever has to mend it
   */
  record NotYet(String part, String why, String remedy) implements Look {}
}
