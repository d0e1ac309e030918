package dev.tavernmem0.watcher.files;

import dev.tavernmem0.watcher.diff.ChatFile;
import dev.tavernmem0.watcher.diff.LineEnd;
import java.io.IOException;

/**
 * How large a chat file may be: one that would fill the memory must not take the process down, and
 * with it all other chats. A file is held whole, and each of its messages as a few small objects,
 * which for short messages is many times the file.
 *
 * @param maxBytes of a file
 * @param maxMessages in a file
 */
record ReadBound(long maxBytes, long maxMessages) {
  /** A quarter of the memory. */
  private static final int MEMORY_PER_BYTE = 4;

  /** A message takes 300 bytes from its line to its event, as measured; the rest is for others. */
  private static final int MEMORY_PER_MESSAGE = 1024;

  /** What a process with that much memory can take. */
  static ReadBound ofMemory(long bytes) {
    return new ReadBound(
        Math.min(Integer.MAX_VALUE - 8, bytes / MEMORY_PER_BYTE), bytes / MEMORY_PER_MESSAGE);
  }

  /** Refuses a file by its size, before it is read. */
  void checkSize(long size) throws IOException {
    if (size > maxBytes) {
      throw new IOException(
          size + " bytes long, which is more than a quarter of the memory (raise -Xmx)");
    }
  }

  /** Refuses a file by its lines, before they are parsed. */
  void checkMessages(FileContent file) throws IOException {
    if (file.length() / ChatFile.SHORTEST_MESSAGE <= maxMessages) {
      return;
    }
    long messages = 0;
    for (int start = 0; start < file.length(); ) {
      int end = LineEnd.next(file.bytes(), start, file.length());
      messages += end - start >= ChatFile.SHORTEST_MESSAGE ? 1 : 0;
      start = end + 1;
    }
    if (messages > maxMessages) {
      throw new IOException(
          messages + " lines long, of which " + maxMessages + " fit into the memory (raise -Xmx)");
    }
  }
}
