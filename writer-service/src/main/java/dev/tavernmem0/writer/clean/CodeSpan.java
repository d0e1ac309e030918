package dev.tavernmem0.writer.clean;

/**
 * Code in a text, with its signs.
 *
 * @param start of its first sign
 * @param end behind its last sign
 * @param fenced whether it is a block between fences; otherwise it is part of a line
 * @param content what it is: code somebody talks about, a panel, or reasoning
 */
record CodeSpan(int start, int end, boolean fenced, Content content) {

  /** What code can be. */
  enum Content {
    CODE,
    PANEL,
    REASONING
  }
}
