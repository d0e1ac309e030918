package dev.tavernmem0.cli.operate;

/** Is told how far a download is, a few seconds apart, when it takes long. */
interface Progress {
  /** The answer has not begun. */
  void waiting();

  void received(long bytes);
}
