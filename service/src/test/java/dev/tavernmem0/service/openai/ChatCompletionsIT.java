package dev.tavernmem0.service.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.service.openai.ChatCompletionException.Kind;
import dev.tavernmem0.service.openai.ChatCompletions.Format;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ChatCompletionsIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch end = new CountDownLatch(1);
  private HttpServer server;
  private Answer answer = exchange -> send(exchange, 200, completion("hello"));

  /** What the server does with a request. */
  private interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          try (exchange) {
            requests.add(Json.MAPPER.readTree(exchange.getRequestBody().readAllBytes()));
            authorizations.add(
                String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            answer.to(exchange);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void the_text_of_the_first_choice_is_the_answer() {
    assertThat(ask("key", Format.TEXT)).isEqualTo("hello");

    assertThat(authorizations).containsExactly("Bearer key");
    assertThat(requests.get(0))
        .isEqualTo(
            Json.MAPPER.readTree(
                """
                {"model":"m","stream":false,"messages":[
                  {"role":"system","content":"be brief"},{"role":"user","content":"hi"}]}
                """));
  }

  @Test
  void json_is_asked_for_where_it_is_wanted() {
    ask("key", Format.JSON_OBJECT);

    assertThat(requests.get(0).path("response_format").path("type").asString())
        .isEqualTo("json_object");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void without_a_key_none_is_sent(String key) {
    ask(key, Format.TEXT);

    assertThat(authorizations).containsExactly("null");
  }

  @Test
  void an_empty_text_is_an_answer() {
    answer = exchange -> send(exchange, 200, completion(""));

    assertThat(ask("key", Format.TEXT)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "400, BAD_REQUEST, false",
    "401, UNAUTHORIZED, false",
    "403, BAD_REQUEST, false",
    "404, REFUSED, false",
    "422, BAD_REQUEST, false",
    "429, RATE_LIMITED, true",
    "500, UNAVAILABLE, true",
    "503, UNAVAILABLE, true",
  })
  void a_status_says_why_and_whether_to_try_again(int status, Kind kind, boolean isTransient) {
    answer = exchange -> send(exchange, status, "the words of a chat");

    ChatCompletionException failure = failure();

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.kind().isTransient()).isEqualTo(isTransient);
    assertThat(failure).hasMessageContaining(Integer.toString(status));
    assertThat(failure.getMessage()).doesNotContain("words of a chat");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[",
        "<html>the words of a chat</html>",
        "{\"error\":{\"message\":\"the words of a chat\"}}",
        "{\"choices\":[]}",
        "{\"choices\":[{\"message\":{\"content\":null}}]}",
        "{\"choices\":[{\"message\":{\"content\":[\"the words of a chat\"]}}]}",
      })
  void what_is_no_completion_is_malformed_and_not_quoted(String body) {
    answer = exchange -> send(exchange, 200, body);

    ChatCompletionException failure = failure();

    assertThat(failure.kind()).isEqualTo(Kind.MALFORMED);
    assertThat(failure.toString() + failure.getCause()).doesNotContain("words of a chat");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"choices\":[{\"finish_reason\":\"content_filter\",\"message\":{\"content\":null}}]}",
        "{\"choices\":[{\"finish_reason\":\"content_filter\",\"message\":{}}]}",
        "{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"the words of a chat\"}}]}",
      })
  void what_the_model_refuses_is_not_asked_again(String body) {
    answer = exchange -> send(exchange, 200, body);

    ChatCompletionException failure = failure();

    assertThat(failure.kind()).isEqualTo(Kind.BAD_REQUEST);
    assertThat(failure.kind().isTransient()).isFalse();
    assertThat(failure.toString() + failure.getCause()).doesNotContain("words of a chat");
  }

  @Test
  @Timeout(20)
  void an_answer_without_end_is_given_up_before_it_fills_the_memory() {
    byte[] mebibyte = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
    answer =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          OutputStream body = exchange.getResponseBody();
          while (end.getCount() > 0) {
            body.write(mebibyte);
          }
        };

    ChatCompletionException failure = failure();

    assertThat(failure.kind()).isEqualTo(Kind.MALFORMED);
    assertThat(failure).hasMessageContaining("more than");
  }

  @Test
  @Timeout(20)
  void an_answer_that_comes_byte_by_byte_is_not_waited_for() {
    answer =
        exchange -> {
          exchange.sendResponseHeaders(200, 1_000_000);
          OutputStream body = exchange.getResponseBody();
          while (!ended(Duration.ofMillis(100))) {
            body.write('{');
            body.flush();
          }
        };

    assertThat(failure().kind()).isEqualTo(Kind.TIMEOUT);
  }

  @Test
  void no_answer_at_all_is_a_timeout() {
    answer = exchange -> ended(Duration.ofSeconds(30));

    assertThat(failure().kind()).isEqualTo(Kind.TIMEOUT);
  }

  @Test
  void no_server_is_unavailable() {
    server.stop(0);

    assertThat(failure().kind()).isEqualTo(Kind.UNAVAILABLE);
  }

  private String ask(String key, Format format) {
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/");
    try (ChatCompletions model =
        new ChatCompletions(
            new ChatCompletionsOptions("a.setting", url, "m", key, TIMEOUT, TIMEOUT, 1))) {
      return model.complete("be brief", "hi", format);
    }
  }

  private ChatCompletionException failure() {
    return catchThrowableOfType(ChatCompletionException.class, () -> ask("key", Format.TEXT));
  }

  private boolean ended(Duration within) {
    try {
      return end.await(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static String completion(String text) {
    var body = Json.MAPPER.createObjectNode();
    body.putArray("choices").addObject().putObject("message").put("content", text);
    return body.toString();
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
