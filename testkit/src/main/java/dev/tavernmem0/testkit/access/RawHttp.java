package dev.tavernmem0.testkit.access;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Sends requests byte for byte: HTTP clients forbid or mend what an attacker would send. */
final class RawHttp {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private RawHttp() {}

  /**
   * The status of the answer.
   *
   * @param head request line and headers, without the empty line that ends them
   */
  static int status(int port, String head, String body) throws IOException {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    String length = body.isEmpty() ? "" : "Content-Length: " + content.length + "\r\n";
    try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      String whole = head + "\r\n" + length + "Connection: close\r\n\r\n";
      socket.getOutputStream().write(whole.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().write(content);
      socket.getOutputStream().flush();
      return status(socket.getInputStream());
    }
  }

  private static int status(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\r'; c = in.read()) {
      line.append((char) c);
    }
    String[] parts = line.toString().split(" ");
    if (parts.length < 2) {
      throw new IOException("no HTTP: " + line);
    }
    return Integer.parseInt(parts[1]);
  }
}
