package dev.tavernmem0.service.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tavernmem0.service.openai.ChatCompletionException.Kind;
import dev.tavernmem0.service.openai.ChatCompletions.Format;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server can send instead of an answer, byte for byte. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileServerIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  /** Far more than any of it should be read. */
  private static final long MUCH = 64L * 1024 * 1024;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicLong sent = new AtomicLong();
  private ServerSocket server;
  private Answer answer;

  private interface Answer {
    void to(OutputStream out) throws IOException, InterruptedException;
  }

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 0, InetAddress.getByName("127.0.0.1"));
    threads.execute(
        () -> {
          while (!server.isClosed()) {
            try {
              Socket socket = server.accept();
              threads.execute(() -> serve(socket));
            } catch (IOException e) {
              return;
            }
          }
        });
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    threads.shutdownNow();
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      StringBuilder head = new StringBuilder();
      int length = 0;
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        head.append(line).append('\n');
        if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(line.substring(15).strip());
        }
      }
      char[] body = new char[length];
      for (int read = 0; read < length; ) {
        read += in.read(body, read, length - read);
      }
      requests.add(head + new String(body));
      answer.to(socket.getOutputStream());
    } catch (IOException | InterruptedException e) {
      // The client has had enough.
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"500 Broken", "401 Who", "200 OK", "302 Found\r\nLocation: /elsewhere"})
  void a_body_without_end_ends_whatever_the_status(String status) {
    answer =
        out -> {
          send(out, "HTTP/1.1 " + status + "\r\nContent-Length: 1000000000\r\n\r\n");
          drip(out);
        };

    assertThat(failure()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 200 ", "HTTP/1.1 200 OK\r\nX-Long: "})
  void a_head_is_not_read_without_end(String begin) {
    answer =
        out -> {
          send(out, begin);
          String much = "x".repeat(65536);
          while (sent.get() < MUCH) {
            send(out, much);
          }
        };

    assertThat(failure()).isNotNull();
    assertThat(sent.get()).isLessThan(MUCH / 4);
  }

  @Test
  void headers_are_not_counted_without_end() {
    answer =
        out -> {
          send(out, "HTTP/1.1 200 OK\r\n");
          String much = "X-Header: x\r\n".repeat(1000);
          while (sent.get() < MUCH) {
            send(out, much);
          }
        };

    assertThat(failure()).isNotNull();
    assertThat(sent.get()).isLessThan(MUCH / 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 200 ", "HTTP/1.1 200 OK\r\nX-Slow: "})
  void a_head_that_comes_byte_by_byte_is_not_waited_for(String begin) {
    answer =
        out -> {
          send(out, begin);
          drip(out);
        };

    assertThat(failure().kind()).isEqualTo(Kind.TIMEOUT);
  }

  @Test
  void hints_that_something_will_come_are_not_listened_to_without_end() {
    answer =
        out -> {
          while (true) {
            send(out, "HTTP/1.1 103 Early Hints\r\n\r\n");
            Thread.sleep(50);
          }
        };

    assertThat(failure().kind()).isEqualTo(Kind.TIMEOUT);
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 303, 307, 308})
  void what_is_asked_goes_nowhere_else(int status) {
    answer =
        out ->
            send(
                out,
                "HTTP/1.1 "
                    + status
                    + " Go\r\nLocation: http://localhost:"
                    + server.getLocalPort()
                    + "/elsewhere\r\nContent-Length: 0\r\n\r\n");

    assertThat(failure().kind()).isEqualTo(Kind.REFUSED);
    assertThat(requests).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 1000 OK", "HTTP/1.1 000 OK", "HTTP/9.9 200 OK", "nonsense"})
  void what_is_no_http_is_a_failure_like_others(String statusLine) {
    answer = out -> send(out, statusLine + "\r\nContent-Length: 0\r\n\r\n");

    assertThat(failure()).isNotNull();
  }

  @Test
  void a_connection_whose_answer_was_given_up_is_not_used_again() {
    answer =
        out -> {
          send(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
          drip(out);
        };
    try (ChatCompletions model = model()) {
      assertThat(failure(model).kind()).isEqualTo(Kind.TIMEOUT);
      answer =
          out ->
              send(
                  out,
                  "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
                      + "{\"choices\":[{\"message\":{\"content\":\"hello\"}}]}");
      assertThat(model.complete("be brief", "hi", Format.TEXT)).isEqualTo("hello");
    }
  }

  @Test
  void a_closed_client_fails_as_it_says() {
    ChatCompletions model = model();
    model.close();

    assertThat(failure(model)).isNotNull();
  }

  private void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
    sent.addAndGet(text.length());
  }

  private void drip(OutputStream out) throws IOException, InterruptedException {
    while (true) {
      send(out, "x");
      Thread.sleep(100);
    }
  }

  private ChatCompletions model() {
    URI url = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/v1");
    return new ChatCompletions(
        new ChatCompletionsOptions("a.setting", url, "m", "key", TIMEOUT, TIMEOUT, 1));
  }

  private ChatCompletionException failure() {
    try (ChatCompletions model = model()) {
      return failure(model);
    }
  }

  private static ChatCompletionException failure(ChatCompletions model) {
    return catchThrowableOfType(
        ChatCompletionException.class, () -> model.complete("be brief", "hi", Format.TEXT));
  }
}
