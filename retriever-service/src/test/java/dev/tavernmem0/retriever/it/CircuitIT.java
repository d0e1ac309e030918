package dev.tavernmem0.retriever.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.retriever.it.RunningRetriever.Answer;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** mem0 is spared while it fails, and never asked more at a time than agreed. */
class CircuitIT {
  private static FaultyMem0Server mem0;
  private static RunningRetriever retriever;

  @BeforeAll
  static void start() {
    mem0 = FaultyMem0Server.start();
    retriever =
        RunningRetriever.start(
            mem0.url(),
            "mem0.max-concurrency=2",
            "tavern.retriever.queue-capacity=1",
            "tavern.retriever.cache.max-size=0",
            "tavern.retriever.stages.last-message.retries=0",
            "tavern.retriever.circuit.window=4",
            "tavern.retriever.circuit.minimum-calls=4",
            "tavern.retriever.circuit.open-for=300ms");
    retriever.retrieve("warm up");
  }

  @AfterAll
  static void stop() {
    retriever.close();
    mem0.close();
  }

  @BeforeEach
  void healthy() {
    mem0.reset();
    mem0.put(StoredMemory.of("m1", "Alex lives in Prague", "alice", "Seraphina", Map.of()));
    await()
        .untilAsserted(
            () ->
                assertThat(ask().json().get("degraded").isNull() && "CLOSED".equals(circuit()))
                    .isTrue());
    mem0.reset();
    mem0.put(StoredMemory.of("m1", "Alex lives in Prague", "alice", "Seraphina", Map.of()));
  }

  @Test
  void the_circuit_opens_and_mem0_is_left_alone_until_it_works_again() {
    mem0.on(Calls.search()).always(Fault.status(503));
    await()
        .untilAsserted(
            () -> assertThat(ask().json().get("degraded").stringValue()).isEqualTo("circuit_open"));
    int callsWhenItOpened = mem0.calls(Calls.search()).size();

    Answer open = ask();

    assertThat(open.status()).isEqualTo(200);
    assertThat(open.json().get("degraded").stringValue()).isEqualTo("circuit_open");
    assertThat(mem0.calls(Calls.search())).hasSize(callsWhenItOpened);

    mem0.heal();
    await().untilAsserted(() -> assertThat(ask().json().get("memories")).hasSize(1));
    await()
        .untilAsserted(
            () -> {
              ask();
              assertThat(circuit()).isEqualTo("CLOSED");
            });
  }

  @Test
  void a_wrong_key_keeps_saying_so_instead_of_opening_the_circuit() {
    mem0.on(Calls.search()).always(Fault.status(401));

    List<String> reasons =
        IntStream.range(0, 8)
            .mapToObj(i -> ask().json().get("degraded").stringValue())
            .distinct()
            .toList();

    assertThat(reasons).containsExactly("mem0_auth");
  }

  @Test
  void equal_searches_at_the_same_time_are_one() {
    mem0.on(Calls.search()).always(Fault.delay(Duration.ofMillis(300)));

    List<CompletableFuture<Answer>> answers =
        IntStream.range(0, 8).mapToObj(i -> CompletableFuture.supplyAsync(this::ask)).toList();

    assertThat(answers.stream().map(CompletableFuture::join))
        .allSatisfy(answer -> assertThat(answer.json().get("memories")).hasSize(1));
    assertThat(mem0.peakConcurrency(Calls.search())).isEqualTo(1);
  }

  @Test
  void more_searches_than_allowed_are_refused_at_once() {
    mem0.on(Calls.search()).always(Fault.delay(Duration.ofMillis(400)));

    List<CompletableFuture<Answer>> answers =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> retriever.retrieve("Where does Alex live? " + i)))
            .toList();

    assertThat(answers.stream().map(CompletableFuture::join))
        .allSatisfy(answer -> assertThat(answer.status()).isEqualTo(200))
        .anySatisfy(
            answer -> assertThat(answer.json().get("degraded").asString()).isEqualTo("overloaded"))
        .anySatisfy(answer -> assertThat(answer.json().get("memories")).hasSize(1));
    assertThat(mem0.peakConcurrency(Calls.search())).isLessThanOrEqualTo(2);
  }

  private Answer ask() {
    return retriever.retrieve("Where does Alex live?");
  }

  private static String circuit() {
    return retriever
        .get("/actuator/health")
        .json()
        .at("/components/mem0/details/circuit")
        .stringValue();
  }
}
