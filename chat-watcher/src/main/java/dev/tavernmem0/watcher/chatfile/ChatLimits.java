package dev.tavernmem0.watcher.chatfile;

/**
 * How much of a chat is read.
 *
 * @param lineBytes longer lines are bad lines
 * @param messages a chat with more is refused
 */
public record ChatLimits(int lineBytes, long messages) {
  /** A message takes 300 bytes from its line to its event, as measured; the rest is for others. */
  private static final int MEMORY_PER_MESSAGE = 1024;

  /** What a process with that much memory can take. */
  public static ChatLimits ofMemory(int lineBytes, long memoryBytes) {
    return new ChatLimits(lineBytes, memoryBytes / MEMORY_PER_MESSAGE);
  }
}
