package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.writer.ChatLog;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What waits, as status and metrics show it. */
class WaitingTest {
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

  private final Simulation scope = new Simulation();

  private Waiting waiting() {
    scope.consume(Integer.MAX_VALUE);
    return scope.writer().waiting();
  }

  @Test
  void nothing_and_something_is_something() {
    Waiting some = new Waiting(2, 3, NOON, NOON.minusSeconds(9));

    assertThat(Waiting.NOTHING.and(some)).isEqualTo(some);
    assertThat(some.and(Waiting.NOTHING)).isEqualTo(some);
    assertThat(some.turns()).isEqualTo(5);
  }

  @Test
  void the_oldest_of_two_is_the_older_one() {
    Waiting one = new Waiting(1, 0, NOON, NOON.minusSeconds(9));
    Waiting two = new Waiting(3, 4, NOON.minusSeconds(1), NOON);

    Waiting both = new Waiting(4, 4, NOON.minusSeconds(1), NOON.minusSeconds(9));
    assertThat(one.and(two)).isEqualTo(both);
    assertThat(two.and(one)).isEqualTo(both);
  }

  @Test
  void what_two_chats_say_waits_once_and_each_lane_is_counted_by_itself() {
    Instant first = scope.now();
    ChatLog chat = scope.chat();
    chat.user("I like tea.");
    waiting();
    scope.pass(Duration.ofSeconds(7));
    scope.chat("branch").copyOf(chat, 1).user("I like rain.");
    waiting();
    scope.pass(Duration.ofSeconds(7));
    Instant last = scope.now();
    ChatLog old = scope.chat("old");
    old.loseEventsOf(() -> old.user("I liked snow."));
    old.read();

    assertThat(waiting()).isEqualTo(new Waiting(2, 1, first, last));
    assertThat(scope.writer().active()).isTrue();
    assertThat(scope.writer().lastChange()).isEqualTo(last);
  }

  @Test
  void what_is_to_be_written_again_waits_too() {
    scope.chat().user("I like tea.");
    scope.chat().reply("Nice.");
    scope.anHour();
    assertThat(waiting()).isEqualTo(Waiting.NOTHING);
    assertThat(scope.writer().active()).isFalse();

    scope.chat().swipe(1, "Really?");

    assertThat(waiting())
        .as("since it was changed, and not since it was said")
        .isEqualTo(new Waiting(1, 0, scope.now(), null));
    assertThat(scope.writer().active()).isTrue();
  }
}
