package dev.tavernmem0.cli.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A port that answers whatever it is asked with the same bytes, and hangs up. */
final class AnsweringPort implements AutoCloseable {
  private final ServerSocket server;
  private final byte[] answer;

  private AnsweringPort(ServerSocket server, byte[] answer) {
    this.server = server;
    this.answer = answer.clone();
  }

  static AnsweringPort with(byte[] answer) throws IOException {
    AnsweringPort port =
        new AnsweringPort(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answer);
    Thread answering = new Thread(port::serve, "answering-port");
    answering.setDaemon(true);
    answering.start();
    return port;
  }

  int number() {
    return server.getLocalPort();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket asked = server.accept()) {
        // Not before it was asked, and all of it: closing with something unread resets.
        asked.getInputStream().read(new byte[8192]);
        asked.getOutputStream().write(answer);
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
