package dev.tavernmem0.service.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.service.ServiceApplication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** Requests and settings at the edge of what the access rules know. */
@ExtendWith(OutputCaptureExtension.class)
class OddRequestsIT {
  private static final String KEY = "a-key-of-some-length";

  private static ConfigurableApplicationContext service;

  @BeforeAll
  static void start() {
    service = run("--tavern.access.api-key=" + KEY, "--logging.level.root=info");
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static ConfigurableApplicationContext run(String... settings) {
    List<String> arguments = new ArrayList<>(List.of(settings));
    arguments.add("--spring.application.name=things");
    arguments.add("--server.port=0");
    return ServiceApplication.builder(AccessIT.Service.class, "things")
        .registerShutdownHook(false)
        .run(arguments.toArray(String[]::new));
  }

  private static int status(String path, String... headers) throws IOException {
    int port = ((WebServerApplicationContext) service).getWebServer().getPort();
    String head = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      String whole = head + String.join("\r\n", headers) + "\r\n\r\n";
      socket.getOutputStream().write(whole.getBytes(StandardCharsets.ISO_8859_1));
      byte[] answer = socket.getInputStream().readAllBytes();
      return Integer.parseInt(new String(answer, StandardCharsets.ISO_8859_1).split(" ")[1]);
    }
  }

  @Test
  void the_log_has_nothing_of_a_request_that_is_no_http(CapturedOutput log) throws IOException {
    assertThat(status("/v1/things?query=the{words}of|a|chat", "X-API-Key: " + KEY)).isEqualTo(400);
    assertThat(status("/v1/things", "X-API-Key : " + KEY)).isIn(400, 401);
    assertThat(status("/v1/things", "X-API Key: " + KEY)).isIn(400, 401);

    assertThat(log.getAll()).doesNotContain("words}of").doesNotContain(KEY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Authorization: bearer ", "Authorization: BEARER "})
  void the_scheme_of_an_authorization_has_no_case(String header) throws IOException {
    assertThat(status("/v1/things", header + KEY)).isEqualTo(200);
  }

  @Test
  void health_and_metrics_have_no_port_of_their_own_that_no_rule_guards() {
    assertThatThrownBy(
            () -> run("--tavern.access.api-key=" + KEY, "--management.server.port=0").close())
        .rootCause()
        .hasMessageContaining("management.server.port");
  }
}
