package dev.tavernmem0.watcher.chatfile;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds the ends of lines, eight bytes at a time: a chat is searched whole at every save. */
public final class LineEnd {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long NEWLINES = 0x0A0A0A0A0A0A0A0AL;
  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private LineEnd() {}

  /** The place of the first byte 0x0A at or behind {@code from}; {@code to} if there is none. */
  public static int next(byte[] bytes, int from, int to) {
    int at = from;
    for (; at <= to - Long.BYTES; at += Long.BYTES) {
      // The lowest byte of which the high bit is set was zero, that is: a newline.
      long zeros = (long) LONG.get(bytes, at) ^ NEWLINES;
      long found = (zeros - LOW_BITS) & ~zeros & HIGH_BITS;
      if (found != 0) {
        return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
      }
    }
    while (at < to && bytes[at] != '\n') {
      at++;
    }
    return at;
  }
}
