package dev.tavernmem0.embedded.memory;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.ConfigurableApplicationContext;

/** The memory server in this process, on a free port. */
final class EmbeddedServer implements AutoCloseable {
  private final ConfigurableApplicationContext context;

  private EmbeddedServer(ConfigurableApplicationContext context) {
    this.context = context;
  }

  static EmbeddedServer start(Path dataDirectory, String... settings) {
    List<String> arguments = new ArrayList<>(List.of(settings));
    arguments.add("--server.port=0");
    arguments.add("--tavern.memory-server.data-directory=" + dataDirectory);
    return new EmbeddedServer(
        MemoryServerApplication.builder().run(arguments.toArray(String[]::new)));
  }

  URI url() {
    return URI.create(
        "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"));
  }

  Mem0Http http() {
    return new Mem0Http(url(), null);
  }

  @Override
  public void close() {
    context.close();
  }
}
