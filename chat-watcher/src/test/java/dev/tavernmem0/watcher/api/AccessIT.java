package dev.tavernmem0.watcher.api;

import dev.tavernmem0.testkit.access.AccessContract;
import dev.tavernmem0.watcher.ChatWatcherApplication;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** Needs no Kafka. */
class AccessIT extends AccessContract {
  @TempDir static Path root;
  private static ConfigurableApplicationContext watcher;

  @BeforeAll
  static void start() {
    watcher =
        ChatWatcherApplication.builder()
            .registerShutdownHook(false)
            .run(
                "--server.port=0",
                "--spring.kafka.bootstrap-servers=127.0.0.1:1",
                "--tavern.watcher.connector.data.root=" + root,
                "--tavern.access.api-key=" + KEY);
  }

  @AfterAll
  static void stop() {
    watcher.close();
  }

  @Override
  protected int port() {
    return ((WebServerApplicationContext) watcher).getWebServer().getPort();
  }

  @Override
  protected String readable() {
    return "/v1/status";
  }

  @Override
  protected String writable() {
    return "/v1/snapshots";
  }
}
