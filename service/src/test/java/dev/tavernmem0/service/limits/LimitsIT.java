package dev.tavernmem0.service.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that ended or blocked a service once, against one with 128 MB. */
class LimitsIT {
  /** Of 128 MB: a 64th, as the JVM counts them. */
  private static final int LIMIT = 2_000_000;

  private static final int MANY = 230;
  private static final Duration SOON = Duration.ofSeconds(30);

  private SmallService service;
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws IOException {
    service = SmallService.start("128m", "--tavern.limits.body-timeout=2s");
  }

  @AfterEach
  void stop() {
    service.close();
  }

  /** The JSON that takes most memory for its bytes. */
  private static String empties(int bytes) {
    return "[{}" + ",{}".repeat(bytes / 3 - 2) + "]";
  }

  private HttpRequest post(HttpRequest.BodyPublisher body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + "/v1/things"))
        .timeout(Duration.ofSeconds(60))
        .header("Content-Type", "application/json")
        .POST(body)
        .build();
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private void assertThatItServes() {
    HttpRequest get =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + "/v1/things"))
            .timeout(Duration.ofSeconds(20))
            .build();
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .failFast("it ended", () -> !service.isAlive())
        .until(() -> send(get).statusCode() == 200);
  }

  @Test
  void a_body_as_large_as_is_allowed_is_read() throws Exception {
    String body = empties(LIMIT - 1000);

    HttpResponse<String> answer = send(post(HttpRequest.BodyPublishers.ofString(body)));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Integer.parseInt(answer.body())).isGreaterThan(600_000);
    assertThatItServes();
  }

  @Test
  void a_larger_one_is_refused_before_it_is_read() throws Exception {
    HttpRequest request = post(HttpRequest.BodyPublishers.ofString(empties(3_000_000)));

    HttpResponse<String> answer = send(request);

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("tavern.limits.max-request-size");
    assertThatItServes();
  }

  @Test
  void one_that_does_not_say_how_large_it_is_is_refused_when_it_gets_too_large() throws Exception {
    byte[] bytes = empties(3_000_000).getBytes(StandardCharsets.UTF_8);
    HttpRequest request =
        post(
            HttpRequest.BodyPublishers.ofInputStream(
                () -> new java.io.ByteArrayInputStream(bytes)));

    HttpResponse<String> answer = send(request);

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThatItServes();
  }

  @Test
  void many_large_ones_at_once_are_served_or_told_to_come_again() throws Exception {
    HttpRequest request = post(HttpRequest.BodyPublishers.ofString(empties(LIMIT * 3 / 4)));
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      answers.add(http.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
    }

    List<Integer> statuses = new ArrayList<>();
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      HttpResponse<String> got = answer.get(60, TimeUnit.SECONDS);
      statuses.add(got.statusCode());
      if (got.statusCode() == 503) {
        assertThat(got.headers().firstValue("Retry-After")).contains("1");
      }
    }

    assertThat(statuses).containsOnly(200, 503).contains(200);
    assertThatItServes();
  }

  /** The second is refused at once, and not read to its end either. */
  @ParameterizedTest
  @ValueSource(strings = {"application/json", "text/plain"})
  void bodies_that_trickle_are_cut_off_and_hold_nobody_up(String type) throws Exception {
    try (Slow slow = new Slow("Content-Type: " + type + "\r\nContent-Length: 5000\r\n\r\n[")) {
      assertThatItServes();
      slow.awaitEnds(MANY);
    }
    assertThatItServes();
  }

  @Test
  void heads_that_trickle_hold_nobody_up() throws Exception {
    try (Slow slow = new Slow("X-Slow: ")) {
      assertThatItServes();
    }
  }

  /** Many connections that go on with a byte now and then. */
  private final class Slow implements AutoCloseable {
    private final List<Socket> sockets = new ArrayList<>();
    private final ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor();

    Slow(String begin) throws IOException {
      String head = "POST /v1/things HTTP/1.1\r\nHost: localhost\r\n" + begin;
      for (int i = 0; i < MANY; i++) {
        Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), service.port());
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        sockets.add(socket);
      }
      var unused = drip.scheduleWithFixedDelay(this::oneByteEach, 300, 300, TimeUnit.MILLISECONDS);
    }

    private void oneByteEach() {
      for (Socket socket : sockets) {
        try {
          OutputStream out = socket.getOutputStream();
          out.write(' ');
        } catch (IOException e) {
          // It was cut off.
        }
      }
    }

    /** Until the service has answered or closed so many. */
    void awaitEnds(int count) {
      await().atMost(SOON).until(() -> sockets.stream().filter(Slow::hasEnded).count() >= count);
    }

    private static boolean hasEnded(Socket socket) {
      try {
        socket.setSoTimeout(10);
        InputStream in = socket.getInputStream();
        return in.read() != -2;
      } catch (java.net.SocketTimeoutException e) {
        return false;
      } catch (IOException e) {
        return true;
      }
    }

    @Override
    public void close() throws IOException {
      drip.shutdownNow();
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
