package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** The writer's API as an operator calls it. */
final class Api {
  private final WriterUnderTest writer;

  Api(WriterUnderTest writer) {
    this.writer = writer;
  }

  /** The answer to a GET that is answered with 200. */
  JsonNode get(String path) {
    return call("GET", path, 200);
  }

  /** The answer to a request, which has to have this status. */
  JsonNode call(String method, String path, int status) {
    HttpResponse<String> answer = send(method, path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return Json.MAPPER.readTree(answer.body());
  }

  /** The answer to a POST of a body, which has to have this status. */
  JsonNode post(String path, String body, int status) {
    HttpResponse<String> answer = send("POST", path, HttpRequest.BodyPublishers.ofString(body));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return Json.MAPPER.readTree(answer.body());
  }

  /** A refusal, which has to be a problem of this status. */
  JsonNode problem(String method, String path, int status) {
    HttpResponse<String> answer = send(method, path);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return Json.MAPPER.readTree(answer.body());
  }

  HttpResponse<String> send(String method, String path) {
    return send(method, path, HttpRequest.BodyPublishers.noBody());
  }

  private HttpResponse<String> send(String method, String path, HttpRequest.BodyPublisher body) {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(writer.url() + path))
                  .header("Content-Type", "application/json")
                  .method(method, body)
                  .build(),
              HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
