package dev.tavernmem0.retriever.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may call, from where, with how much.
 *
 * @param apiKey required in {@code X-API-Key}; null or blank lets everybody in
 * @param corsOrigins origins whose pages may call from a browser
 * @param maxRequestBytes largest body
 */
public record WebOptions(@Nullable String apiKey, List<String> corsOrigins, long maxRequestBytes) {
  public WebOptions {
    corsOrigins = List.copyOf(corsOrigins);
  }

  @Override
  public String toString() {
    return "WebOptions[corsOrigins=" + corsOrigins + ", maxRequestBytes=" + maxRequestBytes + "]";
  }
}
