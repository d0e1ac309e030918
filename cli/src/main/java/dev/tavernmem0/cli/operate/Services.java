package dev.tavernmem0.cli.operate;

import java.net.http.HttpClient;
import java.time.Duration;

/** The services that commands ask, each where the settings say. */
final class Services {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration COUNTING = Duration.ofSeconds(90);

  /** For what reads a whole log before it answers. */
  private static final Duration LOG_LIMIT = Duration.ofMinutes(10);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final Settings settings;
  private final Messages messages;

  Services(Settings settings, Messages messages) {
    this.settings = settings;
    this.messages = messages;
  }

  ServiceClient ask(Part part) {
    return new ServiceClient(http, settings.endpoint(part), LIMIT, messages);
  }

  ServiceClient writer() {
    return ask(Part.WRITER);
  }

  /** For what the writer answers when it has counted everything. */
  ServiceClient patientWriter() {
    return new ServiceClient(http, settings.endpoint(Part.WRITER), COUNTING, messages);
  }

  ServiceClient watcher() {
    return ask(Part.WATCHER);
  }

  /** The watcher, for what it has to look for in the whole log. */
  ServiceClient log() {
    return new ServiceClient(http, settings.endpoint(Part.WATCHER), LOG_LIMIT, messages);
  }

  ServiceClient retriever() {
    return ask(Part.RETRIEVER);
  }
}
