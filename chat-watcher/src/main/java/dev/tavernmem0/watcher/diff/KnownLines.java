package dev.tavernmem0.watcher.diff;

import org.jspecify.annotations.Nullable;

/** What is known of lines by their checksum: those need no parsing. */
@FunctionalInterface
public interface KnownLines {
  /** Of a chat that nothing is known of. */
  KnownLines NONE = (message, lineHash) -> null;

  /**
   * The content of a line.
   *
   * @param message which message of the file it would be; most lines stand where they stood
   * @param lineHash its checksum
   * @return null if it is not known
   */
  @Nullable TurnContent content(int message, long lineHash);
}
