package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.cli.UserErrorException;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Generation;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is worth waiting for in place of mem0, and what is not. */
class ExternalMem0Test {
  private final FaultyMem0Server mem0 = FaultyMem0Server.start();

  @AfterEach
  void stop() {
    mem0.close();
  }

  @Test
  void a_mem0_that_is_not_up_yet_may_come() {
    mem0.goDown();

    assertThat(missing()).contains("mem0 at " + mem0.url(), "why=Connection refused, ", "start it");
  }

  @Test
  void a_name_that_nobody_knows_yet_may_come_to_be_known() {
    ExternalMem0 elsewhere =
        new ExternalMem0(
            ExternalMem0.Role.SERVING, URI.create("http://mem0.invalid:8001"), null, "u");

    assertThat(elsewhere.look()).isInstanceOf(Look.NotYet.class);
  }

  @Test
  void a_mem0_that_takes_its_time_may_come() {
    mem0.on(Calls.any()).always(Fault.neverAnswer());

    assertThat(missing()).contains("timed out", "start it");
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 502, 503, 504})
  void a_passing_error_may_pass(int status) {
    mem0.on(Calls.any()).always(Fault.status(status));

    assertThat(missing()).contains("it answers " + status, "start it");
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 404, 405})
  void an_answer_that_is_not_mem0s_may_be_that_of_a_proxy_before_it(int status) {
    mem0.on(Calls.any()).always(Fault.status(status));

    assertThat(missing()).contains("no mem0 (" + status + ")", "proxy", "check --mem0-url");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void a_key_that_is_wanted_may_be_set(int status) {
    mem0.on(Calls.any()).always(Fault.status(status));

    assertThat(missing()).contains("wants a key (" + status + ")", "set MEM0_API_KEY");
  }

  @Test
  void a_key_that_is_refused_may_be_put_right() {
    mem0.on(Calls.any()).always(Fault.status(401));

    assertThat(missing("secret"))
        .contains("refuses the key in MEM0_API_KEY (401)", "start this again")
        .doesNotContain("secret");
  }

  @Test
  void a_target_is_told_of_by_its_own_option_and_key() {
    mem0.on(Calls.any()).always(Fault.status(401));
    ExternalMem0 target = new ExternalMem0(ExternalMem0.Role.TARGET, mem0.url(), null, "u");

    assertThat(target.look().toString())
        .contains("set TAVERN_TARGET_MEM0_API_KEY", "the mem0 that serves goes on");
  }

  @Test
  void something_else_in_a_targets_place_does_not_end_the_mem0_that_serves() {
    mem0.on(Calls.any()).always(Fault.htmlPage());
    ExternalMem0 target = new ExternalMem0(ExternalMem0.Role.TARGET, mem0.url(), null, "u");

    assertThat(target.look()).isInstanceOf(Look.NotYet.class);
    assertThat(target.look().toString())
        .contains("is no mem0", "check --target-url", "the mem0 that serves goes on");
  }

  @ParameterizedTest
  @EnumSource(Generation.class)
  void what_has_come_is_used(Generation generation) {
    try (FaultyMem0Server other = FaultyMem0Server.builder().generation(generation).start()) {
      other.on(Calls.any()).once(Fault.status(502));
      ExternalMem0 part =
          new ExternalMem0(ExternalMem0.Role.SERVING, other.url(), null, "default-user");

      assertThat(part.look()).isInstanceOf(Look.NotYet.class);
      assertThat(part.look())
          .isEqualTo(
              new Look.Here(
                  "mem0 " + (generation == Generation.V1 ? "v1" : "v2") + " at " + other.url()));
    }
  }

  @Test
  void a_web_page_is_not_waited_for() {
    mem0.on(Calls.any()).always(Fault.htmlPage());

    assertRefused(mem0.url(), "--mem0-url", "something else");
  }

  @Test
  void json_that_is_not_mem0s_is_not_waited_for() {
    mem0.on(Calls.any()).always(Fault.respond(200, "{\"status\":\"ok\"}"));

    assertRefused(mem0.url(), "--mem0-url", "something else");
  }

  @Test
  void a_refusal_for_good_is_not_waited_for() {
    mem0.on(Calls.any()).always(Fault.status(400));

    assertRefused(mem0.url(), "--mem0-url", "400");
  }

  @Test
  void a_port_that_speaks_another_language_is_not_waited_for() throws IOException {
    byte[] banner = "SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII);
    try (AnsweringPort ssh = AnsweringPort.with(banner)) {
      assertRefused(URI.create("http://127.0.0.1:" + ssh.number()), "nor does it speak HTTP");
    }
  }

  @Test
  void a_port_that_speaks_tls_is_to_be_given_as_such() throws IOException {
    try (AnsweringPort tls = AnsweringPort.with(new byte[] {0x15, 3, 3, 0, 2, 2, 10})) {
      assertRefused(URI.create("http://127.0.0.1:" + tls.number()), "give it as https://");
    }
  }

  private static void assertRefused(URI url, String... fragments) {
    ExternalMem0 part = new ExternalMem0(ExternalMem0.Role.SERVING, url, null, "default-user");
    assertThatThrownBy(part::look)
        .isInstanceOf(UserErrorException.class)
        .hasMessageContainingAll(fragments)
        .hasMessageContaining(url.toString());
  }

  private String missing() {
    return missing(null);
  }

  private String missing(String key) {
    Look look = new ExternalMem0(ExternalMem0.Role.SERVING, mem0.url(), key, "default-user").look();
    assertThat(look).isInstanceOf(Look.NotYet.class);
    return look.toString();
  }
}
