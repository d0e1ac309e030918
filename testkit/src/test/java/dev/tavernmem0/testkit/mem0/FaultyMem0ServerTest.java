package dev.tavernmem0.testkit.mem0;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultyMem0ServerTest {
  private static final String ADD =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"the cat Mochi\"}],\"user_id\":\"u\"}";

  private final FaultyMem0Server mem0 = FaultyMem0Server.start();
  private final Http http = new Http(mem0);

  @AfterEach
  void stop() {
    mem0.close();
  }

  @Test
  void faults_strike_in_the_order_they_were_scripted_and_then_no_more() throws IOException {
    mem0.on(Calls.add()).times(2, Fault.upstreamError("provider_rate_limited"));
    mem0.on(Calls.add()).once(Fault.status(503));

    Http.Reply first = http.post("/memories", ADD);
    assertThat(first.status()).isEqualTo(502);
    assertThat(first.json().path("code").asString()).isEqualTo("provider_rate_limited");
    assertThat(http.post("/memories", ADD).status()).isEqualTo(502);
    assertThat(http.post("/memories", ADD).status()).isEqualTo(503);
    assertThat(mem0.memories()).isEmpty();
    assertThat(http.post("/memories", ADD).status()).isEqualTo(200);
    assertThat(mem0.memories()).hasSize(1);
  }

  @Test
  void a_fault_strikes_only_the_calls_it_is_about_until_healed() throws IOException {
    mem0.on(Calls.search().and(Calls.bodyContaining("dog"))).always(Fault.status(500));

    assertThat(search("cat").status()).isEqualTo(200);
    assertThat(search("dog").status()).isEqualTo(500);
    assertThat(search("dog").status()).isEqualTo(500);
    mem0.heal();
    assertThat(search("dog").status()).isEqualTo(200);
  }

  @Test
  void a_reset_before_stores_nothing_and_a_reset_after_stores() {
    mem0.on(Calls.add()).once(Fault.resetBefore());
    assertThatThrownBy(() -> http.post("/memories", ADD)).isInstanceOf(IOException.class);
    assertThat(mem0.memories()).isEmpty();

    mem0.on(Calls.add()).once(Fault.resetAfter());
    assertThatThrownBy(() -> http.post("/memories", ADD))
        .isInstanceOf(IOException.class)
        .hasRootCauseMessage("Connection reset");
    assertThat(mem0.memories()).hasSize(1);
  }

  @Test
  void silence_makes_the_client_time_out_with_and_without_storing() {
    mem0.on(Calls.add()).once(Fault.neverAnswer());
    assertThatThrownBy(() -> http.post("/memories", ADD)).isInstanceOf(HttpTimeoutException.class);
    assertThat(mem0.memories()).isEmpty();

    mem0.on(Calls.add()).once(Fault.storesButTimesOut());
    assertThatThrownBy(() -> http.post("/memories", ADD)).isInstanceOf(HttpTimeoutException.class);
    assertThat(mem0.memories()).hasSize(1);
    assertThat(mem0.calls(Calls.add())).hasSize(2).allMatch(call -> call.finishedAt() == null);
  }

  @Test
  void an_upstream_error_can_come_after_the_memories_were_stored() throws IOException {
    mem0.on(Calls.add()).once(Fault.storesThenUpstreamError("unknown"));

    assertThat(http.post("/memories", ADD).status()).isEqualTo(502);
    assertThat(mem0.memories()).hasSize(1);
  }

  @Test
  void success_can_be_a_lie() throws IOException {
    mem0.on(Calls.add()).once(Fault.emptyResults());
    assertThat(http.post("/memories", ADD).results()).isEmpty();

    mem0.on(Calls.add()).once(Fault.phantomIds());
    Http.Reply phantom = http.post("/memories", ADD);
    assertThat(phantom.results()).hasSize(1);
    String id = phantom.results().path(0).path("id").asString();
    assertThat(http.get("/memories/" + id).text()).isEqualTo("null");
    assertThat(mem0.memories()).isEmpty();
  }

  @Test
  void bodies_can_be_broken() throws IOException {
    mem0.on(Calls.search()).once(Fault.truncatedBody());
    assertThatThrownBy(() -> search("cat")).isInstanceOf(IOException.class);

    mem0.on(Calls.search()).once(Fault.garbage());
    Http.Reply garbage = search("cat");
    assertThat(garbage.status()).isEqualTo(200);
    assertThatThrownBy(garbage::json).isNotNull();

    mem0.on(Calls.search()).once(Fault.htmlPage());
    assertThat(search("cat").contentType()).startsWith("text/html");
  }

  @Test
  void a_delay_is_at_least_as_long_as_scripted_and_may_end_in_another_fault() throws IOException {
    mem0.on(Calls.search()).once(Fault.delay(Duration.ofMillis(150)));
    mem0.on(Calls.search()).once(Fault.status(429).after(Duration.ofMillis(50)));

    assertThat(search("cat").status()).isEqualTo(200);
    assertThat(search("cat").status()).isEqualTo(429);
    var first = mem0.calls(Calls.search()).get(0);
    assertThat(Duration.between(first.receivedAt(), first.finishedAt()))
        .isGreaterThanOrEqualTo(Duration.ofMillis(150));
  }

  @Test
  void every_call_is_recorded_with_its_body_and_headers() throws IOException {
    http.send("POST", "/memories?x=1%202", ADD, "X-Trace", "abc");

    Mem0Call call = mem0.calls().get(0);
    assertThat(call.method()).isEqualTo("POST");
    assertThat(call.path()).isEqualTo("/memories");
    assertThat(call.query()).containsEntry("x", "1 2");
    assertThat(call.headers()).containsEntry("x-trace", "abc");
    assertThat(call.body().path("user_id").asString()).isEqualTo("u");
  }

  @Test
  void calls_under_way_at_the_same_time_are_counted() throws Exception {
    mem0.on(Calls.search()).always(Fault.delay(Duration.ofMillis(200)));
    ExecutorService clients = Executors.newFixedThreadPool(3);
    try {
      for (int i = 0; i < 3; i++) {
        var unused = clients.submit(() -> search("cat"));
      }
      await().until(() -> mem0.calls(c -> c.finishedAt() != null).size() == 3);
    } finally {
      clients.shutdownNow();
      clients.awaitTermination(5, TimeUnit.SECONDS);
    }
    search("cat");

    assertThat(mem0.peakConcurrency(Calls.search())).isEqualTo(3);
    assertThat(mem0.peakConcurrency(Calls.add())).isZero();
  }

  @Test
  void it_goes_down_and_comes_back_on_the_same_port_with_its_memories() throws IOException {
    http.post("/memories", ADD);

    mem0.goDown();
    assertThatThrownBy(() -> new Http(mem0).get("/openapi.json"))
        .isInstanceOf(ConnectException.class);
    mem0.comeBack();

    assertThat(new Http(mem0).get("/memories?user_id=u").results()).hasSize(1);
  }

  private Http.Reply search(String query) throws IOException {
    return http.post("/search", "{\"query\":\"" + query + "\",\"filters\":{\"user_id\":\"u\"}}");
  }
}
