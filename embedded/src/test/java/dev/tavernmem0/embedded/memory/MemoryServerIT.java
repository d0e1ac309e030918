package dev.tavernmem0.embedded.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.embedded.memory.Mem0Http.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.web.server.PortInUseException;

/** What the embedded server does beyond the contract that it shares with mem0. */
class MemoryServerIT {
  private static final String KEY = "a-key-of-some-length";
  private static final String ADD =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"fact\"}],\"user_id\":\"u\"}";

  @TempDir static Path data;
  private static EmbeddedServer open;
  private static EmbeddedServer locked;

  @BeforeAll
  static void start() {
    open = EmbeddedServer.start(data.resolve("open"));
    locked = EmbeddedServer.start(data.resolve("locked"), "--tavern.access.api-key=" + KEY);
  }

  @AfterAll
  static void stop() {
    open.close();
    locked.close();
  }

  @Test
  void infer_without_alanguage_model_stores_word_for_word() {
    Answer answer =
        open.http()
            .post(
                "/memories",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"as it is\"}],"
                    + "\"user_id\":\"infer\",\"infer\":true}");

    assertThat(answer.results().get(0).path("memory").asString()).isEqualTo("as it is");
  }

  @Test
  void with_an_api_key_only_who_has_it_comes_in() {
    Answer without = new Mem0Http(locked.url(), null).get("/memories");
    Answer wrong = new Mem0Http(locked.url(), "another").get("/memories");
    Answer right = new Mem0Http(locked.url(), KEY).get("/memories");

    assertThat(without.status()).isEqualTo(401);
    assertThat(without.detail()).isEqualTo("The API key is missing.");
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(wrong.detail()).isEqualTo("The API key is wrong.");
    assertThat(right.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/openapi.json", "/auth/setup-status", "/health", "/ready", "/actuator/health"})
  void what_watches_the_server_needs_no_key(String path) {
    Awaitility.await().until(() -> locked.http().get("/health").status() == 200);

    assertThat(new Mem0Http(locked.url(), null).get(path).status()).isEqualTo(200);
  }

  @Test
  void a_web_page_cannot_use_the_server() {
    Mem0Http http = open.http();

    Answer reset =
        http.send(
            http.request("/reset")
                .header("Origin", "https://evil.example")
                .POST(BodyPublishers.noBody()));

    assertThat(reset.status()).isEqualTo(403);
  }

  @Test
  void a_body_that_does_not_say_it_is_json_is_refused() {
    Mem0Http http = open.http();

    assertThat(
            http.send(
                    http.request("/memories")
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString(ADD)))
                .status())
        .isEqualTo(415);
  }

  @Test
  void a_method_that_apath_does_not_know_is_answered_with405() {
    assertThat(open.http().put("/search", "{}").status()).isEqualTo(405);
  }

  @Test
  void whoever_asks_for_no_one_is_told_of_all() {
    open.http().post("/memories", ADD);

    assertThat(open.http().get("/memories").results().size()).isPositive();
  }

  @Test
  void reset_forgets_everything(@TempDir Path temp) {
    try (EmbeddedServer server = EmbeddedServer.start(temp.resolve("memory"))) {
      String id = server.http().post("/memories", ADD).results().get(0).path("id").asString();

      assertThat(server.http().post("/reset", "").status()).isEqualTo(200);

      assertThat(server.http().get("/memories").results().size()).isZero();
      assertThat(server.http().get("/memories/" + id + "/history").json().size()).isZero();
      assertThat(server.http().post("/memories", ADD).status()).isEqualTo(200);
    }
  }

  @Test
  void metrics_tell_how_many_memories_there_are() {
    open.http().post("/memories", ADD);

    assertThat(open.http().get("/actuator/prometheus").body())
        .containsPattern("tavern_memory_server_memories [1-9]");
  }

  @Test
  void blank_and_very_long_messages_are_stored() {
    String body =
        "{\"messages\":[{\"role\":\"user\",\"content\":\" \"},{\"role\":\"user\",\"content\":\"%s\"}],"
            + "\"user_id\":\"long\"}";

    Answer answer = open.http().post("/memories", body.formatted("很长的故事。".repeat(20_000)));

    assertThat(answer.results().size()).isEqualTo(2);
    assertThat(
            open.http()
                .post("/search", "{\"query\":\"故事\",\"filters\":{\"user_id\":\"long\"}}")
                .results()
                .get(0)
                .path("memory")
                .asString())
        .startsWith("很长的故事。");
  }

  @Test
  void a_request_that_would_fill_the_memory_is_refused() throws IOException {
    // Announced and not sent: who sends all of it may find the connection closed before the answer.
    List<String> head =
        List.of(
            "POST /search HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/json",
            "Content-Length: 34603008",
            "Connection: close");
    String answer;
    try (Socket socket = new Socket("127.0.0.1", open.url().getPort())) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write((String.join("\r\n", head) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    assertThat(answer).startsWith("HTTP/1.1 413").contains("larger than");
  }

  @Test
  void a_query_without_words_or_with_thousands_is_answered() {
    open.http().post("/memories", ADD);

    for (String query : new String[] {"！？…", "the of and", "word ".repeat(5000) + "fact"}) {
      assertThat(
              open.http()
                  .post("/search", "{\"query\":\"" + query + "\",\"filters\":{\"user_id\":\"u\"}}")
                  .status())
          .isEqualTo(200);
    }
  }

  @Test
  void a_taken_port_is_named(@TempDir Path temp) throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(
              () ->
                  MemoryServerApplication.builder()
                      .run(
                          "--server.port=" + other.getLocalPort(),
                          "--tavern.memory-server.data-directory=" + temp.resolve("memory")))
          .hasStackTraceContaining(PortInUseException.class.getName())
          .hasStackTraceContaining(Integer.toString(other.getLocalPort()));
    }
  }
}
