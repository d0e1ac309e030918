package dev.tavernmem0.testkit.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who may call a service that listens on loopback and has a key. Each service has a test that
 * extends this one.
 */
public abstract class AccessContract {
  /** The key that the service was started with. */
  protected static final String KEY = "k3y-of-the-contract";

  private static final String LOCAL = "127.0.0.1";

  /** Where the service listens. */
  protected abstract int port();

  /** A path that answers a GET of a caller with the key with 2xx. */
  protected abstract String readable();

  /** A path that takes a POST with a JSON body. */
  protected abstract String writable();

  /** The status of the answer to a GET. */
  protected final int get(String path, String host, String... headers) throws IOException {
    return RawHttp.status(port(), head("GET", path, host, headers), "");
  }

  private int post(String path, String body, String... headers) throws IOException {
    return RawHttp.status(port(), head("POST", path, LOCAL, headers), body);
  }

  private static String head(String method, String path, String host, String... headers) {
    String head = method + " " + path + " HTTP/1.1\r\nHost: " + host;
    return headers.length == 0 ? head : head + "\r\n" + String.join("\r\n", headers);
  }

  private static String key(String key) {
    return "X-API-Key: " + key;
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-API-Key: " + KEY, "Authorization: Bearer " + KEY})
  void who_has_the_key_comes_in(String header) throws IOException {
    assertThat(get(readable(), LOCAL, header)).isBetween(200, 299);
    assertThat(get("/actuator/prometheus", LOCAL, header)).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Nothing: 1",
        "X-API-Key: wrong",
        "X-API-Key:",
        "X-API-Key: " + KEY + "x",
        "Authorization: Bearer wrong",
        "Authorization: Basic " + KEY,
        "Authorization: " + KEY,
        "Cookie: X-API-Key=" + KEY
      })
  void who_has_not_does_not(String header) throws IOException {
    assertThat(get(readable(), LOCAL, header)).isEqualTo(401);
    assertThat(get(readable() + "?api_key=" + KEY, LOCAL, header)).isIn(401, 400);
    assertThat(get("/actuator/prometheus", LOCAL, header)).isEqualTo(401);
    assertThat(get("/no-such-path", LOCAL, header)).isEqualTo(401);
    assertThat(post(writable(), "{}", "Content-Type: application/json", header)).isEqualTo(401);
  }

  @Test
  void whoever_watches_over_the_service_needs_no_key() throws IOException {
    assertThat(get("/actuator/health", LOCAL)).isIn(200, 503);
    assertThat(get("/actuator/health/liveness", LOCAL)).isEqualTo(200);
    assertThat(get("/actuator/health/readiness", LOCAL)).isIn(200, 503);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "env",
        "beans",
        "loggers",
        "metrics",
        "heapdump",
        "threaddump",
        "info",
        "configprops"
      })
  void nothing_else_of_the_actuator_is_there(String endpoint) throws IOException {
    assertThat(get("/actuator/" + endpoint, LOCAL, key(KEY))).isEqualTo(404);
  }

  /** A page that makes a name of its own point at this machine: DNS rebinding. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:80",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost.",
        "0.0.0.0",
        "127.1",
        "[::ffff:127.0.0.1]",
        "xn--localhost"
      })
  void under_a_foreign_name_nobody_is_served(String host) throws IOException {
    assertThat(get(readable(), host, key(KEY))).isIn(403, 400);
    assertThat(get("/actuator/health", host)).isIn(403, 400);
    assertThat(get(readable(), host, key(KEY), "X-Forwarded-Host: localhost")).isIn(403, 400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LocalHost", "127.0.0.1", "127.0.0.1:1", "[::1]"})
  void under_a_local_name_everybody_with_the_key_is(String host) throws IOException {
    assertThat(get(readable(), host, key(KEY))).isBetween(200, 299);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "file://",
        "http://localhost"
      })
  void pages_of_other_origins_are_not_served(String origin) throws IOException {
    String header = "Origin: " + origin;
    assertThat(get(readable(), LOCAL, key(KEY), header)).isEqualTo(403);
    assertThat(get("/actuator/health", LOCAL, header)).isEqualTo(403);
    assertThat(post(writable(), "{}", key(KEY), header, "Content-Type: application/json"))
        .isEqualTo(403);
    assertThat(
            RawHttp.status(
                port(),
                head("OPTIONS", writable(), LOCAL, header, "Access-Control-Request-Method: POST"),
                ""))
        .isEqualTo(403);
  }

  /** What a page can send to another origin without asking first. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; application/json",
        "application/jsonx",
        "nonsense"
      })
  void a_body_that_is_not_json_is_refused(String contentType) throws IOException {
    assertThat(post(writable(), "{}", key(KEY), "Content-Type: " + contentType)).isEqualTo(415);
  }

  @Test
  void a_body_that_says_nothing_of_itself_is_refused() throws IOException {
    assertThat(post(writable(), "{}", key(KEY))).isEqualTo(415);
  }

  @Test
  void a_body_that_would_fill_the_memory_is_refused_and_the_service_goes_on() throws IOException {
    String announced = "Content-Length: 99999999999\r\nContent-Type: application/json";

    assertThat(RawHttp.status(port(), head("POST", writable(), LOCAL, key(KEY), announced), ""))
        .isEqualTo(413);
    assertThat(get(readable(), LOCAL, key(KEY))).isBetween(200, 299);
  }

  /** What may lead to a private path and begins like a public one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/actuator/health/../..%s",
        "/actuator/health/..;/..;%s",
        "/actuator/health;/../..%s",
        "/actuator/health/%%2e%%2e/%%2e%%2e%s",
        "/actuator/health/..%%2f..%s",
        "/%s",
        "/.%s",
        "%s;/actuator/health",
        "%s?/actuator/health",
        "%s#/actuator/health",
        "http://localhost/actuator/health/../..%s"
      })
  void no_path_leads_around_the_key(String trick) throws IOException {
    assertThat(get(trick.formatted(readable()), LOCAL)).isIn(400, 401, 403, 404);
  }
}
