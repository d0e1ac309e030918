package dev.tavernmem0.testkit.mem0;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One request as the server received it.
 *
 * @param method upper case
 * @param path without the query, as sent
 * @param query query parameters, decoded; the last one wins
 * @param headers by lower-case name; the last one wins
 * @param text the body as sent; empty if there was none
 * @param body the body as JSON; a missing node if it was empty or not JSON
 * @param receivedAt when the whole request was there
 * @param finishedAt when the server was done with it; null while it is still at it
 */
public record Mem0Call(
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    String text,
    JsonNode body,
    Instant receivedAt,
    @Nullable Instant finishedAt) {

  public Mem0Call {
    query = Map.copyOf(query);
    headers = Map.copyOf(headers);
  }

  Mem0Call finished(Instant at) {
    return new Mem0Call(method, path, query, headers, text, body, receivedAt, at);
  }
}
