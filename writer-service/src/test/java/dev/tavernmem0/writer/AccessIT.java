package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.testkit.access.AccessContract;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Needs neither Kafka nor mem0. */
class AccessIT extends AccessContract {
  private static WriterUnderTest writer;

  @BeforeAll
  static void start() {
    Map<String, String> settings =
        WriterUnderTest.quick("127.0.0.1:1", URI.create("http://127.0.0.1:1"));
    settings.put("tavern.access.api-key", KEY);
    writer = WriterUnderTest.start(settings);
  }

  @AfterAll
  static void stop() {
    writer.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v3/api-docs", "/v3/api-docs.yaml"})
  void the_document_is_told_as_everything_else_is(String path) throws IOException {
    String key = "X-API-Key: " + KEY;

    assertThat(get(path, "localhost")).isEqualTo(401);
    assertThat(get(path, "localhost", "X-API-Key: wrong")).isEqualTo(401);
    assertThat(get(path, "evil.example", key)).isEqualTo(403);
    assertThat(get(path, "localhost", key, "Origin: https://evil.example")).isEqualTo(403);
    assertThat(get(path, "localhost", key)).isEqualTo(200);
  }

  @Override
  protected int port() {
    return writer.url().getPort();
  }

  @Override
  protected String readable() {
    return "/v1/status";
  }

  @Override
  protected String writable() {
    return "/v1/holds/none/confirm";
  }
}
