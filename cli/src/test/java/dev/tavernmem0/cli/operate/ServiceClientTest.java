package dev.tavernmem0.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Answers that do not come to their end. */
class ServiceClientTest {
  private static final RequestPath CHATS = RequestPath.of("/v1/chats");

  @Test
  void an_answer_that_does_not_begin_is_given_up() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> client(silent.getLocalPort()).get(CHATS))
          .isInstanceOf(NotReachableException.class)
          .hasMessageContaining("no answer in time");
    }
  }

  @Test
  void an_answer_that_does_not_end_is_given_up() throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write('[');
          exchange.getResponseBody().flush();
          awaitEnd(end);
          exchange.close();
        });
    server.start();
    try {
      assertThatThrownBy(() -> client(server.getAddress().getPort()).get(CHATS))
          .isInstanceOf(NotReachableException.class)
          .hasMessageContaining("no answer in time");
    } finally {
      end.countDown();
      server.stop(0);
    }
  }

  @Test
  void a_file_that_does_not_begin_is_told_to_be_waited_for_and_given_up() throws IOException {
    Told told = new Told();
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(
              () ->
                  client(silent.getLocalPort())
                      .download(CHATS, OutputStream.nullOutputStream(), told))
          .isInstanceOf(NotReachableException.class)
          .hasMessageContaining("no answer in time");
    }
    assertThat(told.waiting).isEqualTo(1);
  }

  @Test
  void a_file_that_does_not_end_is_given_up() throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "application/jsonl");
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          awaitEnd(end);
          exchange.close();
        });
    server.start();
    try {
      assertThatThrownBy(
              () ->
                  client(server.getAddress().getPort())
                      .download(CHATS, OutputStream.nullOutputStream(), new Told()))
          .isInstanceOf(NotReachableException.class)
          .hasMessageContaining("no answer in time");
    } finally {
      end.countDown();
      server.stop(0);
    }
  }

  /** What was told of a download. */
  private static final class Told implements Progress {
    private int waiting;

    @Override
    public void waiting() {
      waiting++;
    }

    @Override
    public void received(long bytes) {
      throw new IllegalStateException("nothing is so fast");
    }
  }

  @Test
  void names_in_paths_are_encoded() {
    assertThat(
            RequestPath.of("/v1/x")
                .child("a b/c?d&林")
                .with("q", "x&y=z +")
                .with("none", null)
                .with("n", 3)
                .text())
        .isEqualTo("/v1/x/a%20b%2Fc%3Fd%26%E6%9E%97?q=x%26y%3Dz%20%2B&n=3");
  }

  private static void awaitEnd(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ServiceClient client(int port) {
    return new ServiceClient(
        HttpClient.newHttpClient(),
        new Endpoint(Part.WRITER, URI.create("http://127.0.0.1:" + port), null, null),
        Duration.ofMillis(300),
        Messages.in(Locale.ROOT));
  }
}
