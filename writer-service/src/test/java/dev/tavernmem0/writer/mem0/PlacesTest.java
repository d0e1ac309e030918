package dev.tavernmem0.writer.mem0;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.writer.scope.Lane;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose turn it is to call mem0. */
class PlacesTest {
  private final Places places = new Places(1);
  private final List<String> served = new CopyOnWriteArrayList<>();
  private final List<Thread> waiting = new ArrayList<>();

  @AfterEach
  void nobodyIsLeft() throws InterruptedException {
    for (Thread thread : waiting) {
      thread.interrupt();
      thread.join();
    }
  }

  /** One who waits, and tells when it was its turn; the place is given back by the test. */
  private Thread waits(String name, Lane lane) {
    Thread thread =
        new Thread(
            () -> {
              try {
                places.take(lane, () -> true);
                served.add(name);
              } catch (InterruptedException e) {
                // It has given up.
              }
            });
    thread.start();
    waiting.add(thread);
    await().until(() -> thread.getState() == Thread.State.WAITING);
    return thread;
  }

  private void give(int times) {
    for (int i = 0; i < times; i++) {
      int before = served.size();
      places.give();
      await().until(() -> served.size() == before + 1);
    }
  }

  @Test
  void who_came_first_goes_first() throws InterruptedException {
    places.take(Lane.BACKLOG, () -> true);
    waits("first", Lane.BACKLOG);
    waits("second", Lane.BACKLOG);

    give(2);

    assertThat(served).containsExactly("first", "second");
  }

  @Test
  void what_users_do_now_goes_before_a_backlog_that_came_earlier() throws InterruptedException {
    places.take(Lane.BACKLOG, () -> true);
    waits("old", Lane.BACKLOG);
    waits("new", Lane.LIVE);

    give(2);

    assertThat(served).containsExactly("new", "old");
  }

  @Test
  void the_backlog_gets_one_of_nine_however_much_users_do() throws InterruptedException {
    places.take(Lane.LIVE, () -> true);
    waits("old", Lane.BACKLOG);
    for (int i = 0; i < 10; i++) {
      waits("new", Lane.LIVE);
    }

    give(11);

    List<String> expected = new ArrayList<>(Collections.nCopies(8, "new"));
    expected.addAll(List.of("old", "new", "new"));
    assertThat(served).containsExactlyElementsOf(expected);
  }

  @Test
  void there_are_only_so_many() throws InterruptedException {
    places.take(Lane.LIVE, () -> true);
    assertThat(places.taken()).isEqualTo(1);
    Thread waiting = waits("next", Lane.LIVE);

    assertThat(served).isEmpty();
    assertThat(waiting.isAlive()).isTrue();
    give(1);
    assertThat(places.taken()).isEqualTo(1);
    places.give();
    assertThat(places.taken()).isZero();
  }

  @Test
  void who_gives_up_waiting_takes_no_place() throws InterruptedException {
    places.take(Lane.LIVE, () -> true);
    Thread impatient = waits("impatient", Lane.LIVE);
    waits("patient", Lane.LIVE);

    impatient.interrupt();
    impatient.join();
    give(1);
    places.give();

    assertThat(served).containsExactly("patient");
    assertThat(places.taken()).isZero();
  }
}
