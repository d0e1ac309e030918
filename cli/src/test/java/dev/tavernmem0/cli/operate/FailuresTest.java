package dev.tavernmem0.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator sees when a service is not there, says no, or a setting is wrong. */
class FailuresTest {
  @TempDir private Path home;
  private ServiceStub services;
  private Operator operator;

  @BeforeEach
  void start() throws IOException {
    services = new ServiceStub();
    operator = new Operator(home).at(services);
  }

  @AfterEach
  void stop() {
    services.close();
  }

  @Test
  void nobody_listens_it_says_where_it_looked_who_said_so_and_what_to_do() throws IOException {
    String url = "http://127.0.0.1:" + freePort();

    Operator.Result result = operator.at(url).runs("pause").exits(3);

    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .contains("the writer is not reachable at " + url, "TAVERN_MEM0_WRITER_URL", "nobody")
        .contains("tavern-mem0 run", "--writer-url");
    assertThat(operator.runs("pause", "--writer-url", url).exits(3).err()).contains("--writer-url");
  }

  @Test
  void without_any_setting_the_default_is_named() {
    Operator.Result result =
        new Operator(home).runs("snapshot", "list", "--watcher-url", "http://no.invalid").exits(3);

    assertThat(result.err()).contains("http://no.invalid", "no such host");
  }

  @Test
  void a_program_is_told_it_too() throws IOException {
    String url = "http://127.0.0.1:" + freePort();

    Operator.Result result = operator.at(url).runs("chats", "--output", "json").exits(3);

    assertThat(result.out()).isEmpty();
    assertThat(result.error().path("error").asString()).isEqualTo("not-reachable");
    assertThat(result.error().path("url").asString()).isEqualTo(url);
    assertThat(result.error().path("reason").asString()).isEqualTo("refused");
  }

  @ParameterizedTest
  @CsvSource({
    "200, text/html, <h1>It works!</h1>",
    "200, application/json, '{\"chats\": ['",
    "200, application/json, '{\"chats\": []}'",
    "404, application/json, '{\"detail\": \"Not Found\"}'",
    "404, application/problem+json, '{\"title\": \"Not Found\", \"status\": 404}'",
    "502, text/html, <h1>Bad Gateway</h1>",
    "302, text/html, ''",
    "200, text/html, ''"
  })
  void what_is_not_the_services_answer_is_something_else(int status, String type, String body) {
    services.answer("GET /v1/chats", status, type, body);
    services.answer("GET /elsewhere", "[]");

    assertThat(operator.runs("chats").exits(3).err()).contains("something else");
    assertThat(services.asked()).containsExactly("GET /v1/chats");
  }

  @Test
  void a_refusal_is_told_with_what_to_do() {
    services.refuse("POST /v1/pause", 503, "not-consuming", "Service Unavailable", "no Kafka.");

    Operator.Result result = operator.runs("pause").exits(1);

    assertThat(result.err())
        .contains("the writer says no: Service Unavailable. no Kafka.")
        .contains("'tavern-mem0 status' says more");
  }

  @Test
  void what_the_service_says_to_do_is_told_where_no_command_does_it() {
    services.refuse("GET /v1/memories?user_id=u&limit=0", 422, "invalid-field", "Nonsense", "no.");

    assertThat(operator.runs("memories", "list", "--user=u", "--limit=0").exits(1).err())
        .contains("Nonsense", "do as the service says");
  }

  @Test
  void a_program_gets_the_problem_as_it_is() {
    services.refuse("GET /v1/dead-letters/b1", 404, "no-such-dead-letter", "Not Found", "none.");

    Operator.Result result = operator.runs("dead", "show", "b1", "--output=json").exits(1);

    assertThat(result.error().path("error").asString()).isEqualTo("refused");
    assertThat(result.error().path("part").asString()).isEqualTo("writer");
    assertThat(result.error().path("problem").path("type").asString())
        .isEqualTo("urn:tavern-mem0:problem:no-such-dead-letter");
  }

  @Test
  void a_key_that_is_missing_or_wrong_is_told_with_where_it_comes_from_and_never_shown()
      throws IOException {
    services.refuse("GET /v1/holds", 401, "api-key", "Unauthorized", "The API key is wrong.");
    services.refuse(
        "GET /v1/memories?user_id=default-user&limit=50",
        401,
        "api-key",
        "Unauthorized",
        "Missing.");

    assertThat(operator.runs("holds", "list").exits(1).err())
        .contains("No key was given", "TAVERN_ACCESS_API_KEY", "api-key", "--api-key-file");
    assertThat(operator.runs("memories", "list").exits(1).err())
        .contains("TAVERN_MEM0_RETRIEVER_API_KEY");

    operator.set("TAVERN_ACCESS_API_KEY", "s3cret");
    assertThat(operator.runs("holds", "list").exits(1).err())
        .contains("The key from TAVERN_ACCESS_API_KEY is another one")
        .doesNotContain("s3cret");

    Path file = Files.writeString(home.resolve("key"), "0ther\n");
    Operator.Result result = operator.runs("holds", "list", "--api-key-file", file.toString());
    assertThat(result.exits(1).err()).contains("--api-key-file").doesNotContain("0ther");
    assertThat(services.requests())
        .extracting(ServiceStub.Request::key)
        .containsExactly(null, null, "s3cret", "0ther");
  }

  @Test
  void a_setting_that_cannot_be_used_is_wrong_usage() throws IOException {
    assertThat(operator.runs("chats", "--writer-url", "localhost:8003").exits(2).err())
        .contains("--writer-url", "'localhost:8003'", "http://127.0.0.1:8003");
    assertThat(operator.runs("chats", "--profile", home + "/none").exits(2).err())
        .contains("--profile", home + "/none");
    assertThat(operator.runs("chats", "--api-key-file", home + "/none").exits(2).err())
        .contains(home + "/none cannot be read");
    Path broken = Files.writeString(home.resolve("broken"), "api-key=s3cret\\uZZZZ");
    assertThat(operator.runs("chats", "--profile", broken.toString()).exits(2).err())
        .contains(broken + " cannot be read")
        .doesNotContain("s3cret", "ZZZZ");
    Path key = Files.writeString(home.resolve("key"), "two words");
    assertThat(operator.runs("chats", "--api-key-file", key.toString()).exits(2).err())
        .contains("no API key", "--api-key-file")
        .doesNotContain("two words");
    Path profile = Files.writeString(home.resolve("profile"), "writer_url=http://x\n");
    assertThat(operator.runs("chats", "--profile", profile.toString()).exits(2).err())
        .contains(profile.toString(), "unknown setting 'writer_url'", "writer-url");
    assertThat(operator.runs("chats", "--output", "xml").exits(2).err()).contains("--output");
    assertThat(services.asked()).isEmpty();
  }

  @Test
  void a_command_without_what_it_needs_is_wrong_usage() {
    assertThat(operator.runs("requeue").exits(2).err()).contains("--fate", "--missing");
    assertThat(operator.runs("snapshot", "start").exits(2).err()).contains("--all", "--user");
    assertThat(operator.runs("snapshot", "start", "--all", "--user=u").exits(2).err())
        .contains("--all");
    assertThat(operator.runs("status", "--watch=0").exits(2).err()).contains("--watch");
    for (String group : new String[] {"memories", "holds", "dead", "snapshot"}) {
      assertThat(operator.runs(group).exits(2).err()).contains(group + " --help");
    }
    assertThat(operator.runs("turns").exits(2).err()).contains("CHAT");
    assertThat(services.asked()).isEmpty();
  }

  @Test
  void an_address_may_end_with_a_slash() {
    services.answer("GET /v1/holds", "[]");

    operator.runs("holds", "list", "--writer-url", services.url() + "/").exits(0);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
