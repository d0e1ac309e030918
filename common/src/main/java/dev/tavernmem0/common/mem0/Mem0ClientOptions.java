package dev.tavernmem0.common.mem0;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a mem0 server.
 *
 * @param baseUrl for example {@code http://localhost:8001}; a path prefix is kept
 * @param apiKey sent as {@code X-API-Key}; null or blank sends none (a wrong key is refused even by
 *     a server that needs none)
 * @param version generation of the API
 * @param connectTimeout for one TCP connection, and for a free one in the pool
 * @param responseTimeout longest silence while waiting for an answer, and longest time from its
 *     beginning to its end; reads that ask no model are given 60 s at most
 * @param maxConnections size of the connection pool
 */
public record Mem0ClientOptions(
    URI baseUrl,
    @Nullable String apiKey,
    ApiVersion version,
    Duration connectTimeout,
    Duration responseTimeout,
    int maxConnections) {

  public Mem0ClientOptions {
    if (baseUrl.getScheme() == null || !baseUrl.getScheme().startsWith("http")) {
      throw new IllegalArgumentException(
          "mem0.base-url must start with http:// or https://, not '" + baseUrl + "'");
    }
    if (maxConnections < 1) {
      throw new IllegalArgumentException("max connections must be at least 1: " + maxConnections);
    }
  }

  @Override
  public String toString() {
    return "Mem0ClientOptions[baseUrl=" + baseUrl + ", version=" + version + "]";
  }
}
