package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.cli.UserErrorException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What is said of a part that others run, from the first look until it is there. */
class ArrivalTest {
  private static final Look REFUSED =
      new Look.NotYet("mem0 at X", "connection refused", "start it");
  private static final Look BAD_GATEWAY = new Look.NotYet("mem0 at X", "502", "start it");
  private static final Look KEY = new Look.NotYet("mem0 at X", "401", "mend the key");
  private static final Look HERE = new Look.Here("mem0 v2 at X");

  private final StringWriter out = new StringWriter();
  private final Deque<Supplier<Look>> looks = new ArrayDeque<>();
  private final CountDownLatch stopping = new CountDownLatch(1);

  @Test
  void what_is_there_is_used_and_nothing_is_waited_for() throws InterruptedException {
    Arrival arrival = arrival(HERE);
    arrival.begin();

    arrival.await(stopping);

    assertThat(arrival.isHere()).isTrue();
    assertThat(lines()).singleElement().asString().endsWith("using mem0 v2 at X");
  }

  @Test
  void what_is_missing_is_named_with_reason_and_remedy_and_so_is_its_coming()
      throws InterruptedException {
    Arrival arrival = arrival(REFUSED, REFUSED, HERE);
    arrival.begin();
    assertThat(arrival.isHere()).isFalse();

    arrival.await(stopping);

    assertThat(arrival.isHere()).isTrue();
    assertThat(lines())
        .satisfiesExactly(
            line ->
                assertThat(line).endsWith("waiting for mem0 at X: connection refused; start it"),
            line -> assertThat(line).endsWith("mem0 v2 at X is there after 1 s"));
  }

  @Test
  void another_reason_with_the_same_remedy_is_nothing_new() throws InterruptedException {
    Arrival arrival = arrival(REFUSED, BAD_GATEWAY, REFUSED, BAD_GATEWAY, HERE);
    arrival.begin();

    arrival.await(stopping);

    assertThat(lines()).hasSize(2);
  }

  @Test
  void another_remedy_is_told_once_however_often_the_two_change() throws InterruptedException {
    Arrival arrival = arrival(REFUSED, KEY, REFUSED, KEY, REFUSED, HERE);
    arrival.begin();

    arrival.await(stopping);

    assertThat(lines())
        .satisfiesExactly(
            line -> assertThat(line).contains("connection refused"),
            line -> assertThat(line).endsWith("waiting for mem0 at X: 401; mend the key"),
            line -> assertThat(line).contains("is there after"));
  }

  @Test
  void something_else_in_its_place_ends_the_waiting() {
    Arrival arrival = arrival(REFUSED);
    looks.add(
        () -> {
          throw new UserErrorException("a web page");
        });
    arrival.begin();

    assertThatThrownBy(() -> arrival.await(stopping)).hasMessage("a web page");
    assertThat(arrival.isHere()).isFalse();
  }

  @Test
  void something_else_that_comes_later_gives_everything_up_with_the_reason() {
    Arrival arrival = arrival(REFUSED);
    looks.add(
        () -> {
          throw new UserErrorException("a web page");
        });
    ExternalParts parts = new ExternalParts(List.of(arrival), List.of());
    CountDownLatch givenUp = new CountDownLatch(1);
    parts.begin();
    parts.requireRight();

    parts.awaitMissing(stopping, givenUp::countDown);

    await().until(() -> givenUp.getCount() == 0);
    assertThat(parts.allHere()).isFalse();
    assertThatThrownBy(parts::requireRight)
        .isInstanceOf(UserErrorException.class)
        .hasMessage("a web page");
  }

  @Test
  void a_target_is_looked_at_beside_everything_else_and_needed_by_nothing() {
    AtomicReference<Thread> looking = new AtomicReference<>();
    Arrival target =
        new Arrival(
            () -> {
              looking.set(Thread.currentThread());
              return HERE;
            },
            new Progress(new PrintWriter(out, true)),
            Duration.ofMillis(1));
    ExternalParts parts = new ExternalParts(List.of(), List.of(target));
    parts.begin();
    assertThat(looking).hasNullValue();
    assertThat(parts.allHere()).isTrue();

    parts.awaitMissing(stopping, () -> {});

    await().until(parts::targetsHere);
    assertThat(looking).doesNotHaveValue(Thread.currentThread());
  }

  @Test
  void a_stop_ends_the_waiting_at_once() throws InterruptedException {
    Arrival arrival =
        new Arrival(
            () -> REFUSED,
            new Progress(new PrintWriter(out, true)),
            Duration.ofSeconds(Long.MAX_VALUE / 1000));
    arrival.begin();
    stopping.countDown();

    arrival.await(stopping);

    assertThat(arrival.isHere()).isFalse();
    assertThat(lines()).hasSize(1);
  }

  @Test
  void all_are_here_when_the_last_has_come() {
    CountDownLatch kafkaIsUp = new CountDownLatch(1);
    Arrival kafka =
        new Arrival(
            () -> kafkaIsUp.getCount() == 0 ? new Look.Here("Kafka at Y") : REFUSED,
            new Progress(new PrintWriter(out, true)),
            Duration.ofMillis(1));
    ExternalParts parts = new ExternalParts(List.of(arrival(HERE), kafka), List.of());
    parts.begin();
    parts.awaitMissing(stopping, stopping::countDown);
    assertThat(parts.allHere()).isFalse();

    kafkaIsUp.countDown();

    await().until(parts::allHere);
    parts.requireRight();
  }

  private Arrival arrival(Look... scripted) {
    for (Look look : scripted) {
      looks.add(() -> look);
    }
    return new Arrival(
        () -> looks.remove().get(), new Progress(new PrintWriter(out, true)), Duration.ofMillis(1));
  }

  private List<String> lines() {
    return out.toString().lines().toList();
  }
}
