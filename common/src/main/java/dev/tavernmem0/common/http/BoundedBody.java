package dev.tavernmem0.common.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.apache.hc.core5.http.io.EofSensorInputStream;

/**
 * Reads an answer's body from a server that may be broken: not more than fits, and not for longer
 * than anyone waits, even if a byte arrives every second.
 */
public final class BoundedBody {
  private static final int CHUNK = 16 * 1024;

  private BoundedBody() {}

  /** The body is longer than it may be. */
  public static final class TooLongException extends IOException {
    TooLongException(int mostBytes) {
      super("more than " + mostBytes + " bytes");
    }
  }

  /**
   * Reads to the end, or gives the connection up: closing it in the usual way reads on, to use it
   * again.
   *
   * @param body of which every read ends after a time limit of its own
   * @param timeout from now to the end
   * @throws TooLongException if there is more than {@code mostBytes}
   * @throws SocketTimeoutException if the end is not reached in time
   */
  public static byte[] read(InputStream body, int mostBytes, Duration timeout) throws IOException {
    try {
      return readAll(body, mostBytes, System.nanoTime() + timeout.toNanos());
    } catch (IOException e) {
      giveUp(body);
      throw e;
    }
  }

  /**
   * Leaves a body unread, and closes its connection: whoever only closes it reads it to its end.
   */
  public static void giveUp(InputStream body) throws IOException {
    if (body instanceof EofSensorInputStream connected) {
      connected.abort();
    }
  }

  private static byte[] readAll(InputStream body, int mostBytes, long end) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    byte[] chunk = new byte[CHUNK];
    for (int length = body.read(chunk); length >= 0; length = body.read(chunk)) {
      if (read.size() + length > mostBytes) {
        throw new TooLongException(mostBytes);
      }
      if (System.nanoTime() - end > 0) {
        throw new SocketTimeoutException("the answer does not end");
      }
      read.write(chunk, 0, length);
    }
    return read.toByteArray();
  }
}
