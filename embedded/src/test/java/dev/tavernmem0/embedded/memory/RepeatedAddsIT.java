package dev.tavernmem0.embedded.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.embedded.memory.Mem0Http.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Adds that are posted again with their {@code Idempotency-Key}, to a server with a model. */
class RepeatedAddsIT {
  private static final String FACT =
      "{\"memory\":[{\"id\":\"0\",\"text\":\"Alex lives in Prague\",\"attributed_to\":\"user\"}]}";
  private static final String NOTHING = "{\"memory\":[]}";

  @TempDir static Path data;
  private static EmbeddedServer server;
  private static OpenAiStub llm;

  private final String user = "u-" + UUID.randomUUID();
  private final String key = UUID.randomUUID().toString();
  private final ExecutorService clients = Executors.newCachedThreadPool();
  private Mem0Http mem0;

  @BeforeAll
  static void start() throws IOException {
    llm = new OpenAiStub();
    server =
        EmbeddedServer.start(
            data.resolve("memory"),
            "--tavern.memory-server.llm.base-url=" + llm.baseUrl(),
            "--tavern.memory-server.llm.model=test-model");
  }

  @AfterAll
  static void stop() {
    server.close();
    llm.close();
  }

  @BeforeEach
  void connect() {
    llm.calls.clear();
    llm.willSay(FACT);
    mem0 = server.http();
  }

  @AfterEach
  void letGo() {
    llm.release();
    clients.shutdown();
  }

  @Test
  void a_repeat_gets_the_first_answer_and_asks_no_model() {
    Answer first = add("I live in Prague");
    Answer again =
        mem0.add(
            key,
            "{\"user_id\":\"%s\", \"metadata\": {\"b\":2, \"batch_id\":\"b1\"},".formatted(user)
                + "\"messages\":[{\"content\":\"I live in Prague\",\"role\":\"user\"}]}");

    assertThat(first.status()).isEqualTo(200);
    assertThat(first.replayed()).isFalse();
    assertThat(again.replayed()).isTrue();
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(llm.calls).hasSize(1);
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void an_add_with_nothing_to_remember_is_kept_too() {
    llm.willSay(NOTHING);
    assertThat(add("Hi!").results().size()).isZero();
    llm.willSay(FACT);

    Answer again = add("Hi!");

    assertThat(again.results().size()).isZero();
    assertThat(again.replayed()).isTrue();
    assertThat(llm.calls).hasSize(1);
    assertThat(stored()).isZero();
  }

  @Test
  void a_repeat_tells_of_memories_that_are_gone_and_brings_none_back() {
    Answer first = add("I live in Prague");
    mem0.delete("/memories?user_id=" + user);

    assertThat(add("I live in Prague").body()).isEqualTo(first.body());
    assertThat(stored()).isZero();
  }

  @Test
  void another_body_under_the_same_key_is_refused_and_nothing_done() {
    add("I live in Prague");

    Answer other = add("I live in Brno");

    assertThat(other.status()).isEqualTo(422);
    assertThat(other.detail()).contains("another body");
    assertThat(llm.calls).hasSize(1);
    assertThat(stored()).isEqualTo(1);
  }

  static Stream<String> noKeys() {
    return Stream.of("", "two words", "x".repeat(201), "a\tb");
  }

  @ParameterizedTest
  @MethodSource("noKeys")
  void what_is_no_key_is_refused(String bad) {
    Answer answer = mem0.add(bad, body("I live in Prague"));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.detail()).contains("Idempotency-Key");
    assertThat(llm.calls).isEmpty();
  }

  @Test
  void repeats_wait_for_the_first_and_get_its_answer() throws Exception {
    llm.hold();
    List<Future<Answer>> adds = Stream.generate(this::posted).limit(3).toList();
    awaitRepeats(2);
    assertThat(adds).noneMatch(Future::isDone);

    llm.release();

    assertThat(Stream.of(adds.get(0).get(), adds.get(1).get(), adds.get(2).get()))
        .extracting(Answer::body)
        .containsOnly(adds.get(0).get().body())
        .isNotEmpty();
    assertThat(llm.calls).hasSize(1);
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void a_repeat_that_waited_does_it_when_the_first_fails() throws Exception {
    llm.hold();
    llm.willFailOnce(429);
    Future<Answer> first = posted();
    Future<Answer> second = posted();
    awaitRepeats(1);

    llm.release();

    assertThat(List.of(first.get().status(), second.get().status()))
        .containsExactlyInAnyOrder(502, 200);
    assertThat(first.get().replayed() || second.get().replayed()).isFalse();
    assertThat(llm.calls).hasSize(2);
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void a_failed_add_is_done_when_it_is_posted_again() {
    llm.willFailOnce(500);

    assertThat(add("I live in Prague").status()).isEqualTo(502);
    assertThat(add("I live in Prague").results().size()).isEqualTo(1);
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void what_happens_to_others_does_not_wait_for_a_slow_add() {
    llm.hold();
    List<Future<Answer>> slow = Stream.generate(this::posted).limit(2).toList();
    awaitRepeats(1);

    assertThat(
            mem0.post(
                    "/memories",
                    "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"infer\":false,"
                        + "\"user_id\":\"other-%s\"}".formatted(user))
                .status())
        .isEqualTo(200);
    assertThat(slow).noneMatch(Future::isDone);
  }

  private Answer add(String text) {
    return mem0.add(key, body(text));
  }

  private Future<Answer> posted() {
    return clients.submit(() -> add("I live in Prague"));
  }

  private String body(String text) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"user_id\":\"%s\",\"metadata\":{\"batch_id\":\"b1\",\"b\":2}}"
        .formatted(text, user);
  }

  private int stored() {
    return mem0.get("/memories?user_id=" + user).results().size();
  }

  private void awaitRepeats(int waiting) {
    Awaitility.await()
        .until(
            () ->
                mem0.get("/actuator/prometheus")
                    .body()
                    .contains("tavern_memory_server_repeats_waiting " + waiting + ".0"));
  }
}
