package dev.tavernmem0.cli.run;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What a port speaks, as far as its first answer to an HTTP request proves it. Kafka closes the
 * connection on one; and no answer of Kafka's begins with letters, since they would be its length:
 * half a gigabyte and more.
 */
enum PortLanguage {
  HTTP,
  /** A TLS alert: it wanted to be greeted. */
  TLS,
  /** Letters that are not HTTP: SSH, SMTP, Redis, … */
  TEXT,
  /** Nobody answers, or with what proves nothing. */
  UNKNOWN;

  private static final int TIMEOUT_MS = (int) Duration.ofSeconds(2).toMillis();
  private static final byte[] REQUEST =
      "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int TLS_ALERT = 0x15;
  private static final int TLS_MAJOR_VERSION = 3;

  /** Asks the port; takes some seconds at most. */
  static PortLanguage at(String host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), TIMEOUT_MS);
      socket.setSoTimeout(TIMEOUT_MS);
      socket.getOutputStream().write(REQUEST);
      return of(socket.getInputStream().readNBytes(4));
    } catch (IOException e) {
      return UNKNOWN;
    }
  }

  private static PortLanguage of(byte[] answer) {
    if (answer.length < 4) {
      return UNKNOWN;
    }
    if (answer[0] == TLS_ALERT && answer[1] == TLS_MAJOR_VERSION) {
      return TLS;
    }
    for (byte each : answer) {
      if (each < ' ' || each > '~') {
        return UNKNOWN;
      }
    }
    return new String(answer, StandardCharsets.US_ASCII).equals("HTTP") ? HTTP : TEXT;
  }
}
