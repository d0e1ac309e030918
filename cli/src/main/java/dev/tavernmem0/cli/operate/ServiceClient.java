package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
public final class ServiceClient {
  private static final String FILE = "application/jsonl";
  private static final int OK = 200;
  private static final int REFUSED = 400;
  private static final int NOT_WELL = 503;
  private static final int CHUNK = 64 * 1024;

  /** Of an answer that has begun; and between two signs of life to who waits for it. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);

  private final HttpClient http;
  private final Endpoint endpoint;
  private final Duration limit;
  private final Messages messages;

  /**
   * @param limit longest wait for an answer
   */
  public ServiceClient(HttpClient http, Endpoint endpoint, Duration limit, Messages messages) {
    this.http = http;
    this.endpoint = endpoint;
    this.limit = limit;
    this.messages = messages;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  public JsonNode get(RequestPath path) {
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

  JsonNode put(RequestPath path, JsonNode body) {
    return answer(send("PUT", path, body));
  }

  /** Without a body, and without one in the answer. */
  void put(RequestPath path) {
    done(send("PUT", path, null));
  }

  void delete(RequestPath path) {
    done(send("DELETE", path, null));
  }

  private void done(HttpResponse<byte[]> response) {
    if (response.statusCode() / 100 != 2) {
      answer(response);
    }
  }

  /** Its health, which it tells also when it is not well. */
  public JsonNode health() {
    HttpResponse<byte[]> response = send("GET", RequestPath.of("/actuator/health"), null);
    if (response.statusCode() == NOT_WELL) {
      JsonNode body = json(response.body());
      if (body.path("status").isString()) {
        return body;
      }
    }
    return answer(response);
  }

  /**
   * What is answered with a file, of any size. It has not come whole unless this returns.
   *
   * @param out where it goes; not closed
   * @param progress is told now and then, if it takes long
   * @return the answer's headers
   * @throws IOException if {@code out} takes no more
   */
  HttpHeaders download(RequestPath path, OutputStream out, Progress progress) throws IOException {
    CompletableFuture<HttpResponse<InputStream>> answer =
        http.sendAsync(request("GET", path, null), BodyHandlers.ofInputStream());
    HttpResponse<InputStream> response = awaitBegin(answer, progress);
    try (InputStream body = response.body()) {
      if (response.statusCode() != OK) {
        answer(response.statusCode(), read(body, CHUNK));
        throw NotReachableException.somethingElse(endpoint, messages);
      }
      if (!response.headers().firstValue("Content-Type").orElse("").startsWith(FILE)) {
        throw NotReachableException.somethingElse(endpoint, messages);
      }
      long received = 0;
      long told = System.nanoTime();
      for (byte[] chunk = read(body, CHUNK); chunk.length > 0; chunk = read(body, CHUNK)) {
        out.write(chunk);
        received += chunk.length;
        if (System.nanoTime() - told > SIGN_OF_LIFE.toNanos()) {
          told = System.nanoTime();
          progress.received(received);
        }
      }
    }
    return response.headers();
  }

  private HttpResponse<InputStream> awaitBegin(
      CompletableFuture<HttpResponse<InputStream>> answer, Progress progress) {
    if (!isDone(answer, limit.compareTo(SIGN_OF_LIFE) < 0 ? limit : SIGN_OF_LIFE)) {
      progress.waiting();
    }
    return await(answer, limit);
  }

  /** Whether something has become of it, be it a failure. */
  private static boolean isDone(CompletableFuture<?> answer, Duration within) {
    try {
      answer.get(within.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException e) {
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Up to so many bytes; none at the end. */
  private byte[] read(InputStream body, int most) {
    CompletableFuture<byte[]> chunk =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return body.readNBytes(most);
              } catch (IOException e) {
                throw new CompletionException(e);
              }
            });
    return await(chunk, limit.compareTo(SILENCE) < 0 ? limit : SILENCE);
  }

  /** What its clock says, to the second; empty if it does not tell. */
  public Optional<Instant> date() {
    return send("GET", RequestPath.of("/actuator/health/liveness"), null)
        .headers()
        .firstValue("Date")
        .flatMap(ServiceClient::instant);
  }

  private static Optional<Instant> instant(String header) {
    try {
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private HttpResponse<byte[]> send(String method, RequestPath path, @Nullable JsonNode body) {
    return await(http.sendAsync(request(method, path, body), BodyHandlers.ofByteArray()), limit);
  }

  private HttpRequest request(String method, RequestPath path, @Nullable JsonNode body) {
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
    return request.build();
  }

  /** The limit of a request itself would end where the answer's body begins. */
  private <T> T await(CompletableFuture<T> answer, Duration longest) {
    try {
      return answer.get(longest.toMillis(), TimeUnit.MILLISECONDS);
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
    return answer(response.statusCode(), response.body());
  }

  private JsonNode answer(int status, byte[] bytes) {
    JsonNode body = json(bytes);
    if (status >= OK && status < 300) {
      return body;
    }
    if (status >= REFUSED && RefusedException.isProblem(body)) {
      throw RefusedException.of(endpoint, body, messages);
    }
    throw NotReachableException.somethingElse(endpoint, messages);
  }

  private JsonNode json(byte[] bytes) {
    try {
      JsonNode body = Json.MAPPER.readTree(bytes);
      if (!body.isMissingNode()) {
        return body;
      }
    } catch (JacksonException e) {
      // Falls through: no JSON is as good as no body.
    }
    throw NotReachableException.somethingElse(endpoint, messages);
  }
}
