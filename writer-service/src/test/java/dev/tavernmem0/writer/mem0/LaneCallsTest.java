package dev.tavernmem0.writer.mem0;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.mem0.AddRequest;
import dev.tavernmem0.common.mem0.ApiVersion;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Mem0ClientOptions;
import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.common.mem0.Mem0Message;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.writer.scope.Lane;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who has the one place at mem0, and since when. */
class LaneCallsTest {
  private final FaultyMem0Server mem0 = FaultyMem0Server.start();
  private final Mem0Client client =
      new Mem0Client(
          new Mem0ClientOptions(
              mem0.url(), null, ApiVersion.V2, Duration.ofSeconds(2), Duration.ofSeconds(5), 2));
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Mem0Calls calls = new Mem0Calls(client, 1, meters);
  private final AtomicBoolean kept = new AtomicBoolean();
  private final AtomicBoolean paused = new AtomicBoolean();

  @AfterEach
  void stop() {
    calls.close();
    client.close();
    mem0.close();
  }

  private LaneCalls live() {
    return calls.of(Lane.LIVE, () -> kept.getAndSet(false), paused::get);
  }

  private LaneCalls backlog() {
    return calls.of(Lane.BACKLOG, () -> false, paused::get);
  }

  private boolean isTaken() {
    return meters.get("tavern.writer.mem0.utilisation").gauge().value() == 1;
  }

  private static AddRequest memory(String text) {
    return new AddRequest(
        List.of(new Mem0Message("user", text)),
        new Scope("default-user", "Seraphina"),
        Map.of(),
        false,
        null);
  }

  private static void nothing() {}

  /** A call of the backlog was asked to make way while it was under way: its place is kept. */
  private void aPlaceIsKept() {
    LaneCalls before = backlog();
    before.add(memory("old"), before::makeWay);
    kept.set(before.handOver());
  }

  private List<String> stored() {
    return mem0.calls(Calls.add()).stream()
        .map(call -> call.body().path("messages").get(0).path("content").asString())
        .toList();
  }

  @Test
  void a_place_that_is_kept_for_a_scope_is_for_its_next_call_and_for_one_only() {
    aPlaceIsKept();
    assertThat(isTaken()).isTrue();
    LaneCalls live = live();

    live.add(memory("new"), LaneCallsTest::nothing);

    assertThat(stored()).containsExactly("old", "new");
    assertThat(kept).isFalse();
    assertThat(isTaken()).isFalse();
  }

  @Test
  void a_place_that_is_kept_is_not_held_by_a_task_that_may_not_call_yet() {
    aPlaceIsKept();
    LaneCalls waitsForTheBreaker = live();

    // when nobody has called for a while, and the place is given back
    assertThat(kept.getAndSet(false)).isTrue();
    calls.giveBack();

    // then another's call has it
    backlog().add(memory("other"), LaneCallsTest::nothing);
    assertThat(stored()).containsExactly("old", "other");
    assertThat(waitsForTheBreaker.handOver()).isFalse();
  }

  @Test
  void a_call_that_a_pause_refuses_gives_the_place_back_that_was_kept_for_it() {
    aPlaceIsKept();
    paused.set(true);

    assertThatThrownBy(() -> live().add(memory("new"), LaneCallsTest::nothing))
        .isInstanceOf(RetryLaterException.Paused.class);

    assertThat(isTaken()).isFalse();
    assertThat(stored()).containsExactly("old");
  }

  @Test
  void a_call_that_fails_gives_its_place_back_though_it_was_to_make_way() {
    mem0.on(Calls.add()).times(1, Fault.status(503));
    LaneCalls failing = backlog();

    assertThatThrownBy(() -> failing.add(memory("old"), failing::makeWay))
        .isInstanceOf(Mem0Exception.class);

    assertThat(failing.handOver()).isFalse();
    assertThat(isTaken()).isFalse();
  }

  @Test
  void what_waits_for_its_first_call_is_put_off_and_takes_no_place() {
    aPlaceIsKept();
    LaneCalls waiting = backlog();
    var outcome =
        CompletableFuture.runAsync(() -> waiting.add(memory("waiting"), LaneCallsTest::nothing));

    waiting.makeWay();

    assertThat(outcome)
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableThat()
        .withCauseInstanceOf(LaneCalls.PutOffException.class);
    calls.giveBack();
    assertThat(isTaken()).isFalse();
    assertThat(stored()).containsExactly("old");
  }

  @Test
  void what_waits_for_its_turn_when_its_partition_goes_is_cancelled_at_once() {
    aPlaceIsKept();
    LaneCalls waiting = backlog();
    var outcome =
        CompletableFuture.runAsync(() -> waiting.add(memory("waiting"), LaneCallsTest::nothing));

    waiting.abandon();

    assertThat(outcome)
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableThat()
        .withCauseInstanceOf(LaneCalls.AbandonedException.class);
    calls.giveBack();
    assertThat(isTaken()).isFalse();
    assertThat(stored()).containsExactly("old");
  }

  @Test
  void what_follows_an_add_is_done_though_its_partition_has_gone() {
    LaneCalls adding = live();
    adding.add(memory("new"), LaneCallsTest::nothing);
    adding.abandon();

    assertThat(adding.delete(mem0.memories().get(0).id())).isTrue();
  }
}
