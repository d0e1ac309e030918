package dev.tavernmem0.testkit.mem0;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A plain client without mem0 knowledge, so that the server is tested by its bytes. */
final class Http {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI base;

  Http(FaultyMem0Server server) {
    this.base = server.url();
  }

  record Reply(int status, String contentType, String text) {
    JsonNode json() {
      return JsonMapper.shared().readTree(text);
    }

    JsonNode results() {
      return json().path("results");
    }
  }

  Reply post(String path, String json) throws IOException {
    return send("POST", path, json);
  }

  Reply get(String path) throws IOException {
    return send("GET", path, "");
  }

  Reply send(String method, String path, String body, String... headers) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(Duration.ofSeconds(2))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Reply(
          response.statusCode(),
          response.headers().firstValue("Content-Type").orElse(""),
          response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
