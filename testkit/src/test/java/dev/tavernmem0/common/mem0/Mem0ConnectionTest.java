package dev.tavernmem0.common.mem0;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long connections are kept; beside the other tests of the client. */
class Mem0ConnectionTest {
  private static final String ANSWER = "{\"results\":[]}";

  private final AtomicInteger connections = new AtomicInteger();
  private ServerSocket server;
  private Mem0Client client;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread accepting = new Thread(this::accept, "mem0");
    accepting.setDaemon(true);
    accepting.start();
    client =
        new Mem0Client(
            new Mem0ClientOptions(
                URI.create("http://127.0.0.1:" + server.getLocalPort()),
                null,
                ApiVersion.V2,
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                2));
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.incrementAndGet();
        Thread serving = new Thread(() -> serve(socket), "mem0 connection");
        serving.setDaemon(true);
        serving.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  /** Answers every request; none has a body. */
  private static void serve(Socket socket) {
    try (socket;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.isEmpty()) {
          String answer =
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                  + ANSWER.length()
                  + "\r\n\r\n"
                  + ANSWER;
          socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        }
      }
    } catch (IOException e) {
      // The client is done with it.
    }
  }

  private void list() {
    client.listOfUser("eve", 1);
  }

  @Test
  void a_connection_is_used_again_but_not_once_uvicorn_would_have_closed_it() {
    list();
    list();
    assertThat(connections).hasValue(1);

    await()
        .pollDelay(Duration.ofMillis(4500))
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> {
              list();
              return true;
            });

    assertThat(connections).hasValue(2);
  }
}
