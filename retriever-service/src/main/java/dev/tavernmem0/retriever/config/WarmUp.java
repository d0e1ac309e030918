package dev.tavernmem0.retriever.config;

import dev.tavernmem0.service.access.AccessProperties;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/**
 * Asks the service itself a few times before it is declared ready: the first request of a fresh JVM
 * takes a second that a generation would have to wait. Searches for a user that does not exist;
 * whatever goes wrong does not matter.
 */
final class WarmUp implements ApplicationRunner {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final int ROUNDS = 5;
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final Map<String, Object> REQUEST =
      Map.of(
          "user_id",
          "tavern-mem0-warm-up",
          "agent_id",
          "warm-up",
          "deadline_ms",
          1000,
          "messages",
          List.of(
              Map.of("role", "system", "content", "Warm-up."),
              Map.of("role", "assistant", "content", "Hello."),
              Map.of("role", "user", "content", "Is anybody there?")));

  private final WebServerApplicationContext context;
  private final ServerProperties server;
  private final AccessProperties access;

  WarmUp(WebServerApplicationContext context, ServerProperties server, AccessProperties access) {
    this.context = context;
    this.server = server;
    this.access = access;
  }

  @Override
  public void run(ApplicationArguments arguments) {
    if (context.getWebServer() == null || server.getSsl() != null) {
      return;
    }
    long start = System.nanoTime();
    try {
      RestClient rest = client();
      for (int round = 0; round < ROUNDS && isHealthy(ask(rest)); round++) {
        LOG.trace("round {} done", round);
      }
      LOG.info("warmed up in {} ms", Duration.ofNanos(System.nanoTime() - start).toMillis());
    } catch (RestClientException e) {
      LOG.info("no warm-up, the first retrieval will be slower: {}", e.getMessage());
    }
  }

  private static @Nullable JsonNode ask(RestClient rest) {
    return rest.post()
        .uri("/v1/inject")
        .contentType(MediaType.APPLICATION_JSON)
        .body(REQUEST)
        .retrieve()
        .body(JsonNode.class);
  }

  /** A mem0 that is away makes further rounds slow and no warmer. */
  private static boolean isHealthy(@Nullable JsonNode answer) {
    return answer != null && answer.path("degraded").isNull();
  }

  private RestClient client() {
    SimpleClientHttpRequestFactory http = new SimpleClientHttpRequestFactory();
    http.setConnectTimeout(TIMEOUT);
    http.setReadTimeout(TIMEOUT);
    InetAddress bound = server.getAddress();
    String host = bound == null || bound.isAnyLocalAddress() ? "127.0.0.1" : bound.getHostAddress();
    String path = server.getServlet().getContextPath();
    URI base =
        URI.create(
            "http://"
                + (host.contains(":") ? "[" + host + "]" : host)
                + ":"
                + Objects.requireNonNull(context.getWebServer()).getPort()
                + (path == null ? "" : path));
    RestClient.Builder builder = RestClient.builder().requestFactory(http).baseUrl(base);
    if (access.apiKey() != null) {
      builder.defaultHeader("X-API-Key", access.apiKey());
    }
    return builder.build();
  }
}
