package dev.tavernmem0.writer;

import dev.tavernmem0.testkit.access.AccessContract;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

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
