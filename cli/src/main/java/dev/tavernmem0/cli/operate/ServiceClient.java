package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Asks one service. What is not an answer of it is an {@link OperateException}. Redirects are not
 * followed: the key is for this address.
 */
final class ServiceClient {
  private static final int OK = 200;
  private static final int REFUSED = 400;
  private static final int NOT_WELL = 503;

  private final HttpClient http;
  private final Endpoint endpoint;
  private final Duration limit;
  private final Messages messages;

  /**
   * @param limit longest wait for an answer
   */
  ServiceClient(HttpClient http, Endpoint endpoint, Duration limit, Messages messages) {
    this.http = http;
    this.endpoint = endpoint;
    this.limit = limit;
    this.messages = messages;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  JsonNode get(RequestPath path) {
    return answer(send("GET", path, null));
  }

  /** What is answered with a list. */
  JsonNode list(RequestPath path) {
    JsonNode answer = get(path);
    if (!answer.isArray()) {
      throw NotReachableException.somethingElse(endpoint, messages);
    }
    return answer;
  }

  /** Without a body. */
  JsonNode post(RequestPath path) {
    return answer(send("POST", path, null));
  }

  JsonNode post(RequestPath path, JsonNode body) {
    return answer(send("POST", path, body));
  }

  void delete(RequestPath path) {
    HttpResponse<byte[]> response = send("DELETE", path, null);
    if (response.statusCode() / 100 != 2) {
      answer(response);
    }
  }

  /** Its health, which it tells also when it is not well. */
  JsonNode health() {
    HttpResponse<byte[]> response = send("GET", RequestPath.of("/actuator/health"), null);
    if (response.statusCode() == NOT_WELL) {
      JsonNode body = json(response);
      if (body.path("status").isString()) {
        return body;
      }
    }
    return answer(response);
  }

  private HttpResponse<byte[]> send(String method, RequestPath path, @Nullable JsonNode body) {
    BodyPublisher publisher =
        body == null
            ? BodyPublishers.noBody()
            : BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(body));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(endpoint.url() + path.text())).method(method, publisher);
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    Setting key = endpoint.key();
    if (key != null) {
      request.header("X-API-Key", key.value());
    }
    return await(http.sendAsync(request.build(), BodyHandlers.ofByteArray()));
  }

  /** The limit is for all of the answer; that of a request ends where its body begins. */
  private HttpResponse<byte[]> await(CompletableFuture<HttpResponse<byte[]>> answer) {
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw NotReachableException.of(endpoint, failure, messages);
      }
      throw new IllegalStateException("cannot ask " + endpoint.url(), e);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw NotReachableException.late(endpoint, messages);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking " + endpoint.url(), e);
    }
  }

  private JsonNode answer(HttpResponse<byte[]> response) {
    JsonNode body = json(response);
    int status = response.statusCode();
    if (status >= OK && status < 300) {
      return body;
    }
    if (status >= REFUSED && RefusedException.isProblem(body)) {
      throw RefusedException.of(endpoint, body, messages);
    }
    throw NotReachableException.somethingElse(endpoint, messages);
  }

  private JsonNode json(HttpResponse<byte[]> response) {
    try {
      JsonNode body = Json.MAPPER.readTree(response.body());
      if (!body.isMissingNode()) {
        return body;
      }
    } catch (JacksonException e) {
      // Falls through: no JSON is as good as no body.
    }
    throw NotReachableException.somethingElse(endpoint, messages);
  }
}
