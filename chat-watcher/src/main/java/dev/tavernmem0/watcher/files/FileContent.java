package dev.tavernmem0.watcher.files;

/**
 * What a file held when it was read.
 *
 * @param bytes may be longer than the file: what is behind it means nothing
 * @param length of the file
 */
public record FileContent(byte[] bytes, int length) {
  /** Of an empty file. */
  public static final FileContent EMPTY = new FileContent(new byte[0], 0);
}
