package dev.tavernmem0.watcher.files;

import java.io.IOException;

/**
 * How large a chat file may be: one that would fill the memory must not take the process down, and
 * with it all other chats. A file is held whole, and each of its messages as a few small objects,
 * which for short messages is many times the file.
 *
 * @param maxBytes of a file
 */
record ReadBound(long maxBytes) {
  /** A quarter of the memory. */
  private static final int MEMORY_PER_BYTE = 4;

  /** What a process with that much memory can take. */
  static ReadBound ofMemory(long bytes) {
    return new ReadBound(Math.min(Integer.MAX_VALUE - 8, bytes / MEMORY_PER_BYTE));
  }

  /** Refuses a file by its size, before it is read. */
  void checkSize(long size) throws IOException {
    if (size > maxBytes) {
      throw new IOException(
          size + " bytes long, which is more than a quarter of the memory (raise -Xmx)");
    }
  }
}
