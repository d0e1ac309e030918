package dev.tavernmem0.embedded.memory;

import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Calls a mem0 server over plain HTTP. */
final class Mem0Http {
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI baseUrl;
  private final @Nullable String apiKey;

  Mem0Http(URI baseUrl, @Nullable String apiKey) {
    this.baseUrl = baseUrl;
    this.apiKey = apiKey;
  }

  Answer get(String path) {
    return send(request(path).GET());
  }

  Answer delete(String path) {
    return send(request(path).DELETE());
  }

  Answer post(String path, String json) {
    return send(withJson(path).POST(BodyPublishers.ofString(json)));
  }

  /** Adds with an {@code Idempotency-Key}. */
  Answer add(String key, String json) {
    return send(
        withJson("/memories").header("Idempotency-Key", key).POST(BodyPublishers.ofString(json)));
  }

  Answer put(String path, String json) {
    return send(withJson(path).PUT(BodyPublishers.ofString(json)));
  }

  Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      String body = response.body();
      boolean isJson = response.headers().firstValue("content-type").orElse("").contains("json");
      return new Answer(
          response.statusCode(),
          isJson ? Json.MAPPER.readTree(body) : Json.MAPPER.missingNode(),
          body,
          response.headers().firstValue("idempotency-replayed").equals(Optional.of("true")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  HttpRequest.Builder withJson(String path) {
    return request(path).header("Content-Type", "application/json");
  }

  HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(baseUrl + path)).timeout(Duration.ofSeconds(60));
    return apiKey == null ? request : request.header("X-API-Key", apiKey);
  }

  /**
   * @param json the body, if it is JSON
   * @param replayed whether it says that it is that of an earlier call
   */
  record Answer(int status, JsonNode json, String body, boolean replayed) {
    /** {@code results} of a 200. */
    JsonNode results() {
      if (status != 200) {
        throw new AssertionError("expected results, got " + status + ": " + body);
      }
      return json.path("results");
    }

    String detail() {
      return json.path("detail").asString("");
    }
  }
}
