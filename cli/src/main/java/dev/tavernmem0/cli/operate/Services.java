package dev.tavernmem0.cli.operate;

import java.net.http.HttpClient;
import java.time.Duration;

/** The services that commands ask, each where the settings say. */
final class Services {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration COUNTING = Duration.ofSeconds(90);

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

  ServiceClient retriever() {
    return ask(Part.RETRIEVER);
  }
}
