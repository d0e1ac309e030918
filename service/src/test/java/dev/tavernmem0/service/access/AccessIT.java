package dev.tavernmem0.service.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.service.ServiceApplication;
import dev.tavernmem0.service.info.ProgramVersion;
import dev.tavernmem0.testkit.access.AccessContract;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The access rules of a service that has nothing else. */
class AccessIT extends AccessContract {
  private static ConfigurableApplicationContext service;

  @EnableAutoConfiguration
  @Import(Things.class)
  static class Service {}

  @RestController
  static class Things {
    @GetMapping("/v1/things")
    List<String> things() {
      return List.of("a thing");
    }

    @PostMapping("/v1/things")
    void add(@RequestBody Map<String, Object> thing) {}
  }

  @BeforeAll
  static void start() {
    service = run("--tavern.access.api-key=" + KEY);
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static ConfigurableApplicationContext run(String... settings) {
    List<String> arguments = new ArrayList<>(List.of(settings));
    arguments.add("--spring.application.name=things");
    arguments.add("--server.port=0");
    return ServiceApplication.builder(Service.class, "things")
        .registerShutdownHook(false)
        .run(arguments.toArray(String[]::new));
  }

  private static int portOf(ConfigurableApplicationContext context) {
    return ((WebServerApplicationContext) context).getWebServer().getPort();
  }

  @Override
  protected int port() {
    return portOf(service);
  }

  @Override
  protected String readable() {
    return "/v1/things";
  }

  @Override
  protected String writable() {
    return "/v1/things";
  }

  private static HttpResponse<String> get(ConfigurableApplicationContext context, String... headers)
      throws Exception {
    return getFrom("/v1/things", context, headers);
  }

  private static HttpResponse<String> getFrom(
      String path, ConfigurableApplicationContext context, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + portOf(context) + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void which_service_of_which_version_it_is_is_for_who_has_the_key() throws Exception {
    assertThat(getFrom("/actuator/health", service).body()).doesNotContain("things");
    assertThat(getFrom("/actuator/health", service, "X-API-Key", KEY).body())
        .contains("\"name\":\"things\"", "\"version\":\"" + ProgramVersion.current() + "\"");
  }

  @Test
  void the_details_of_health_are_for_who_has_the_key() throws Exception {
    assertThat(getFrom("/actuator/health", service).body())
        .contains("UP")
        .doesNotContain("components");
    assertThat(getFrom("/actuator/health/readiness", service).body()).doesNotContain("components");
    assertThat(getFrom("/actuator/health", service, "X-API-Key", "wrong").body())
        .doesNotContain("components");
    assertThat(getFrom("/actuator/health", service, "X-API-Key", KEY).body())
        .contains("components");
  }

  @Test
  void a_refusal_says_what_is_wrong_and_what_to_do() throws Exception {
    HttpResponse<String> answer = get(service);

    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    assertThat(answer.body())
        .contains("\"type\":\"urn:tavern-mem0:problem:api-key\"")
        .contains("\"status\":401")
        .contains("\"field\":\"X-API-Key\"")
        .contains("tavern.access.api-key")
        .doesNotContain(KEY);
  }

  @Nested
  class Without_a_key {
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void a_service_does_not_start_where_other_machines_reach_it(String address) {
      assertThatThrownBy(() -> run("--server.address=" + address).close())
          .hasRootCauseInstanceOf(KeyRequiredException.class)
          .rootCause()
          .satisfies(
              cause ->
                  assertThat(new KeyRequiredAnalyzer().analyze(cause).getAction())
                      .contains("TAVERN_ACCESS_API_KEY")
                      .contains("SERVER_ADDRESS=127.0.0.1"))
          .hasMessageContaining("things would listen on every interface");
    }

    @Test
    void a_blank_key_is_none() {
      assertThatThrownBy(() -> run("--server.address=0.0.0.0", "--tavern.access.api-key= ").close())
          .hasRootCauseInstanceOf(KeyRequiredException.class);
    }

    @Test
    void it_serves_this_machine() throws Exception {
      try (ConfigurableApplicationContext open = run()) {
        assertThat(get(open).statusCode()).isEqualTo(200);
        assertThat(getFrom("/actuator/health", open).body()).contains("components");
        assertThat(get(open, "Origin", "https://evil.example").statusCode()).isEqualTo(403);
      }
    }
  }

  @Test
  void with_a_key_it_starts_everywhere() throws Exception {
    try (ConfigurableApplicationContext open =
        run("--server.address=0.0.0.0", "--tavern.access.api-key=" + KEY)) {
      assertThat(get(open).statusCode()).isEqualTo(401);
      assertThat(get(open, "X-API-Key", KEY).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void configured_names_and_origins_are_served() throws Exception {
    try (ConfigurableApplicationContext open =
        run("--tavern.access.origins=http://st.example:8000", "--tavern.access.api-key=" + KEY)) {
      HttpResponse<String> refused = get(open, "Origin", "http://st.example:8000");
      HttpResponse<String> served = get(open, "Origin", "http://st.example:8000", "X-API-Key", KEY);

      // A page can read why it was refused.
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.headers().firstValue("Access-Control-Allow-Origin"))
          .contains("http://st.example:8000");
      assertThat(served.statusCode()).isEqualTo(200);
    }
  }
}
