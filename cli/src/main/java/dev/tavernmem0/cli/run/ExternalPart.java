package dev.tavernmem0.cli.run;

/** A part that others run, and that may come up later than this program. */
interface ExternalPart {
  /**
   * Asks it once; takes some seconds at most.
   *
   * @throws dev.tavernmem0.cli.UserErrorException if waiting cannot help: something else answers
   */
  Look look();
}
