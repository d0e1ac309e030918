package dev.tavernmem0.watcher.chatfile;

import org.jspecify.annotations.Nullable;

/** What is known of the lines of a chat: those need no parsing. */
public interface KnownLines {
  /** Of a chat that nothing is known of. */
  KnownLines NONE =
      new KnownLines() {
        @Override
        public @Nullable KnownLine at(int message) {
          return null;
        }

        @Override
        public @Nullable TurnContent content(int message, LineMark line) {
          return null;
        }
      };

  /** The line that was this message of the file; null if it had fewer. */
  @Nullable KnownLine at(int message);

  /**
   * The content of a line, wherever it stood before.
   *
   * @param message which message of the file it would be
   * @return null if it is not known
   */
  @Nullable TurnContent content(int message, LineMark line);
}
