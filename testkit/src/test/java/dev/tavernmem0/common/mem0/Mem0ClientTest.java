package dev.tavernmem0.common.mem0;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Generation;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against the fault-injecting server; here because common cannot depend on testkit. */
class Mem0ClientTest {
  private static final Scope SCOPE = new Scope("default-user", "小红+Li");
  private static final String SECRET = "the secret is 秘密";

  private FaultyMem0Server server = FaultyMem0Server.start();
  private Mem0Client client = client(server.url(), ApiVersion.AUTO, null);

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private void imitate(Generation generation) {
    client.close();
    server.close();
    server = FaultyMem0Server.builder().generation(generation).start();
    client = client(server.url(), ApiVersion.AUTO, null);
  }

  private static Mem0Client client(URI url, ApiVersion version, @Nullable String apiKey) {
    return new Mem0Client(
        new Mem0ClientOptions(
            url, apiKey, version, Duration.ofMillis(500), Duration.ofMillis(500), 4));
  }

  private static AddRequest remember(String text) {
    return new AddRequest(
        List.of(new Mem0Message("user", text)),
        SCOPE,
        Map.of("batch_id", "b1", "turn_ids", List.of("t1", "t2")),
        true,
        "Answer in the language of the chat.");
  }

  private static SearchRequest search(String query) {
    return new SearchRequest(query, SCOPE.userId(), SCOPE.agentId(), 5, 0.0, Map.of());
  }

  static Stream<Arguments> failuresOfAnAdd() {
    return Stream.of(
        Arguments.of(Fault.resetBefore(), Mem0Exception.Ambiguous.class),
        Arguments.of(Fault.resetAfter(), Mem0Exception.Ambiguous.class),
        Arguments.of(Fault.neverAnswer(), Mem0Exception.Ambiguous.class),
        Arguments.of(Fault.storesButTimesOut(), Mem0Exception.Ambiguous.class),
        Arguments.of(Fault.garbage(), Mem0Exception.Ambiguous.class),
        Arguments.of(Fault.htmlPage(), Mem0Exception.Ambiguous.class),
        Arguments.of(Fault.truncatedBody(), Mem0Exception.Ambiguous.class),
        Arguments.of(Fault.status(500), Mem0Exception.Ambiguous.class),
        Arguments.of(Fault.status(504), Mem0Exception.Ambiguous.class),
        Arguments.of(Fault.upstreamError("unknown"), Mem0Exception.Ambiguous.class),
        Arguments.of(
            Fault.upstreamError("vector_store_unavailable"), Mem0Exception.Ambiguous.class),
        Arguments.of(Fault.upstreamError("datastore_unavailable"), Mem0Exception.Ambiguous.class),
        Arguments.of(Fault.upstreamError("provider_rate_limited"), Mem0Exception.Ambiguous.class),
        Arguments.of(Fault.upstreamError("provider_timeout"), Mem0Exception.Ambiguous.class),
        Arguments.of(Fault.upstreamError("provider_unavailable"), Mem0Exception.Ambiguous.class),
        Arguments.of(Fault.upstreamError("provider_auth_failed"), Mem0Exception.Auth.class),
        Arguments.of(Fault.upstreamError("provider_bad_request"), Mem0Exception.Permanent.class),
        Arguments.of(Fault.status(503), Mem0Exception.Transient.class),
        Arguments.of(Fault.status(429), Mem0Exception.Transient.class),
        Arguments.of(Fault.status(401), Mem0Exception.Auth.class),
        Arguments.of(Fault.status(403), Mem0Exception.Auth.class),
        Arguments.of(Fault.status(400), Mem0Exception.Permanent.class),
        Arguments.of(Fault.status(413), Mem0Exception.Permanent.class),
        Arguments.of(Fault.status(404), Mem0Exception.Transient.class),
        Arguments.of(Fault.status(405), Mem0Exception.Transient.class),
        Arguments.of(Fault.status(307), Mem0Exception.Transient.class));
  }

  @ParameterizedTest
  @MethodSource("failuresOfAnAdd")
  void a_failed_add_says_whether_it_may_be_repeated(
      Fault fault, Class<? extends Mem0Exception> expected) {
    server.on(Calls.add()).once(fault);

    assertThatThrownBy(() -> client.add(remember(SECRET)))
        .isExactlyInstanceOf(expected)
        .hasMessageStartingWith("mem0 POST /memories")
        .hasMessageNotContaining("秘密");
    assertThat(server.calls(Calls.add())).as("the client never repeats a call").hasSize(1);
  }

  static Stream<Fault> passingFailures() {
    return Stream.of(
        Fault.resetBefore(),
        Fault.resetAfter(),
        Fault.neverAnswer(),
        Fault.garbage(),
        Fault.truncatedBody(),
        Fault.status(500),
        Fault.upstreamError("unknown"),
        Fault.upstreamError("vector_store_unavailable"));
  }

  /** It would take thirty times as much memory. */
  @Test
  void an_answer_that_would_fill_the_memory_is_not_read_to_its_end() {
    String huge = "{\"results\":[{}" + ",{}".repeat(11_000_000) + "]}";
    server.on(Calls.search()).once(Fault.respond(200, huge));

    assertThatThrownBy(() -> client.search(search("cat")))
        .isExactlyInstanceOf(Mem0Exception.Transient.class)
        .hasMessageContaining("more than");
    assertThat(client.search(search("cat"))).isNotNull();
  }

  @ParameterizedTest
  @MethodSource("passingFailures")
  void a_failed_search_can_always_be_repeated(Fault fault) {
    server.on(Calls.search()).once(fault);

    assertThatThrownBy(() -> client.search(search("cat")))
        .isExactlyInstanceOf(Mem0Exception.Transient.class);
    assertThat(client.search(search("cat"))).isEmpty();
  }

  @Test
  void what_asks_no_model_is_not_waited_for_as_long_as_an_add() {
    Mem0ClientOptions patient =
        new Mem0ClientOptions(
            server.url(), null, ApiVersion.V2, Duration.ofSeconds(2), Duration.ofMinutes(10), 2);
    server.on(Calls.to("GET", "/memories/one")).always(Fault.neverAnswer());
    server.on(Calls.add()).once(Fault.delay(Duration.ofSeconds(2)));
    try (Mem0Client mem0 = new Mem0Client(patient, Duration.ofMillis(500))) {
      assertThatThrownBy(() -> mem0.get("one"))
          .isExactlyInstanceOf(Mem0Exception.Transient.class)
          .hasRootCauseInstanceOf(java.net.SocketTimeoutException.class);
      assertThat(mem0.add(remember("x"))).as("takes longer than that").hasSize(1);
    }
  }

  @Test
  void a_server_that_is_not_there_is_transient_even_for_an_add() {
    server.goDown();

    assertThatThrownBy(() -> client.add(remember("x")))
        .isExactlyInstanceOf(Mem0Exception.Transient.class);
  }

  @ParameterizedTest
  @EnumSource(Generation.class)
  void what_was_added_is_found_listed_read_changed_and_deleted(Generation generation) {
    imitate(generation);

    List<AddedMemory> added = client.add(remember("Alex: my cat is called 麻糬 🐈"));

    String id = added.get(0).id();
    assertThat(client.version().name()).isEqualTo(generation.name());
    assertThat(client.search(search("cat called 麻糬")))
        .singleElement()
        .satisfies(
            memory -> {
              assertThat(memory.id()).isEqualTo(id);
              assertThat(memory.text()).contains("麻糬 🐈");
              assertThat(memory.metadata())
                  .containsEntry("batch_id", "b1")
                  .containsEntry("turn_ids", List.of("t1", "t2"));
              assertThat(memory.semanticScore()).isBetween(0.0, 1.0);
              assertThat(memory.createdAt()).isNotNull();
            });
    assertThat(client.list(SCOPE, 10)).extracting(Memory::id).containsExactly(id);
    assertThat(client.listOfUser(SCOPE.userId(), 10)).extracting(Memory::id).containsExactly(id);
    client.update(id, new MemoryUpdate("the cat moved out", null));
    assertThat(client.get(id)).get().extracting(Memory::text).isEqualTo("the cat moved out");
    assertThat(client.delete(id)).isTrue();
    assertThat(client.delete(id)).as("a second time").isFalse();
    assertThat(client.get(id)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Generation.class)
  void a_memory_is_found_by_its_batch(Generation generation) {
    imitate(generation);
    client.add(remember("the cat is called Mochi"));

    assertThat(client.search(byBatch("b1"))).hasSize(1);
    assertThat(client.search(byBatch("b2"))).isEmpty();
  }

  private static SearchRequest byBatch(String batchId) {
    return new SearchRequest(
        "cat Mochi", SCOPE.userId(), SCOPE.agentId(), 5, 0.0, Map.of("batch_id", batchId));
  }

  @Test
  void scores_of_v1_are_turned_round_so_that_higher_is_better() {
    imitate(Generation.V1);
    client.add(remember("the cat Mochi sleeps"));
    client.add(remember("rain over Prague"));

    List<Memory> found = client.search(search("the cat Mochi sleeps"));

    assertThat(found.get(0).text()).contains("Mochi");
    assertThat(found.get(0).score()).isGreaterThan(found.get(1).score());
  }

  @Test
  void an_unknown_id_reads_as_nothing() {
    assertThat(client.get("no-such-id")).isEmpty();
  }

  @Test
  void ids_are_sent_as_they_are_whatever_they_hold() {
    Scope odd = new Scope("a%2Fb+c&d=e", "group:17");
    client.add(new AddRequest(List.of(new Mem0Message("user", "hi")), odd, Map.of(), false, null));

    assertThat(client.list(odd, 5)).hasSize(1);
    assertThat(server.calls(Calls.list()).get(0).query()).containsEntry("user_id", "a%2Fb+c&d=e");
  }

  @Test
  void the_generation_is_asked_once() {
    client.search(search("a"));
    client.search(search("b"));

    assertThat(server.calls(Calls.to("GET", "/auth/setup-status"))).hasSize(1);
  }

  @Test
  void the_generation_of_v1_is_asked_until_a_call_succeeds() {
    imitate(Generation.V1);
    server.on(Calls.search()).once(Fault.status(404));

    assertThatThrownBy(() -> client.search(search("a"))).hasMessageContaining("mem0.base-url");
    client.search(search("b"));
    client.search(search("c"));

    assertThat(server.calls(Calls.to("GET", "/auth/setup-status"))).hasSize(2);
  }

  @Test
  void a_proxy_whose_mem0_is_away_is_not_taken_for_a_mem0_of_v1() {
    server.on(Calls.to("GET", "/auth/setup-status")).once(Fault.status(404));
    server.on(Calls.search()).once(Fault.status(404));

    assertThatThrownBy(() -> client.search(search("a")))
        .isExactlyInstanceOf(Mem0Exception.Transient.class);

    assertThat(client.version()).isEqualTo(ApiVersion.V2);
  }

  @Test
  void no_key_is_sent_where_none_is_configured() {
    client.search(search("a"));

    assertThat(server.calls())
        .allSatisfy(call -> assertThat(call.headers()).doesNotContainKey("x-api-key"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"right", "wrong"})
  void the_key_is_sent_and_a_wrong_one_is_an_auth_failure(String key) {
    client.close();
    server.close();
    server = FaultyMem0Server.builder().apiKey("right").start();
    client = client(server.url(), ApiVersion.V2, key);

    if (key.equals("right")) {
      assertThat(client.add(remember("x"))).hasSize(1);
    } else {
      assertThat(catchThrowableOfType(Mem0Exception.Auth.class, () -> client.add(remember("x"))))
          .hasMessageNotContaining("wrong");
    }
  }

  @Test
  void requests_ask_for_no_upgrade_so_that_uvicorn_keeps_the_body() {
    client.add(remember("x"));

    assertThat(server.calls(Calls.add()).get(0).headers()).doesNotContainKey("upgrade");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:8001", "ftp://localhost", "/memories"})
  void a_base_url_that_is_not_http_is_refused_by_name(String url) {
    assertThatThrownBy(() -> client(URI.create(url), ApiVersion.AUTO, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("mem0.base-url")
        .hasMessageContaining(url);
  }
}
