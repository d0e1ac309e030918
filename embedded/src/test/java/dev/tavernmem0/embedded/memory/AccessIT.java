package dev.tavernmem0.embedded.memory;

import dev.tavernmem0.testkit.access.AccessContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class AccessIT extends AccessContract {
  @TempDir static Path data;
  private static EmbeddedServer server;

  @BeforeAll
  static void start() {
    server = EmbeddedServer.start(data, "--tavern.access.api-key=" + KEY);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected int port() {
    return server.url().getPort();
  }

  @Override
  protected String readable() {
    return "/memories";
  }

  @Override
  protected String writable() {
    return "/memories";
  }
}
