package dev.tavernmem0.cli.operate;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;

/** The services that commands ask, each where the settings say. */
public final class Services {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration COUNTING = Duration.ofSeconds(90);

  /** For what reads a whole log before it answers. */
  private static final Duration LOG_LIMIT = Duration.ofMinutes(10);

  private final HttpClient http;
  private final Settings settings;
  private final Duration limit;
  private final Messages messages;
  private final boolean ofTarget;

  private Services(
      HttpClient http, Settings settings, Duration limit, Messages messages, boolean ofTarget) {
    this.http = http;
    this.settings = settings;
    this.limit = limit;
    this.messages = messages;
    this.ofTarget = ofTarget;
  }

  /**
   * @param ofTarget whether the writer is the one that fills another mem0
   */
  Services(Settings settings, Messages messages, boolean ofTarget) {
    this(
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build(),
        settings,
        LIMIT,
        messages,
        ofTarget);
  }

  /** The same, with another longest wait for an answer. */
  public Services within(Duration limit) {
    return new Services(http, settings, limit, messages, ofTarget);
  }

  ServiceClient ask(Part part) {
    return new ServiceClient(http, settings.endpoint(part), limit, messages);
  }

  public ServiceClient writer() {
    return ask(ofTarget ? Part.TARGET_WRITER : Part.WRITER);
  }

  /** The one that fills another mem0, beside the one that is asked; empty if nobody says so. */
  Optional<ServiceClient> otherWriter() {
    return !ofTarget && settings.isSaid(Part.TARGET_WRITER)
        ? Optional.of(ask(Part.TARGET_WRITER))
        : Optional.empty();
  }

  boolean areOfTarget() {
    return ofTarget;
  }

  /** For what the writer answers when it has counted everything. */
  ServiceClient patientWriter() {
    return within(COUNTING).writer();
  }

  public ServiceClient watcher() {
    return ask(Part.WATCHER);
  }

  /** The watcher, for what it has to look for in the whole log. */
  ServiceClient log() {
    return within(LOG_LIMIT).watcher();
  }

  /** The writer, for what it has to look for in the whole log. */
  ServiceClient ledger() {
    return within(LOG_LIMIT).writer();
  }

  public ServiceClient retriever() {
    return ask(Part.RETRIEVER);
  }
}
