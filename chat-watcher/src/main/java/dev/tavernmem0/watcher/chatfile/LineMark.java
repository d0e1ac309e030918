package dev.tavernmem0.watcher.chatfile;

/**
 * What is kept of a line to know it again without its bytes.
 *
 * @param hash checksum of its bytes, see {@link LineHash}
 * @param length in bytes, without what ends it
 */
public record LineMark(long hash, int length) {
  /** Of a line that was not seen since the process began. */
  public static final LineMark NONE = new LineMark(0, 0);

  static LineMark of(byte[] bytes, int offset, int length) {
    return new LineMark(LineHash.of(bytes, offset, length), length);
  }

  /**
   * Whether the line stands here and ends here. That costs its checksum and no search for its end:
   * a line with the same bytes has no newline amid them.
   */
  boolean isAt(byte[] bytes, int offset, int limit) {
    int end = offset + length;
    return length > 0
        && end <= limit
        && end >= offset
        && (end == limit || bytes[end] == '\n')
        && LineHash.of(bytes, offset, length) == hash;
  }
}
