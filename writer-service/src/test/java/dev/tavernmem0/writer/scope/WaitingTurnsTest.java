package dev.tavernmem0.writer.scope;

import static dev.tavernmem0.writer.scope.Turns.TEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In which order turns wait, and which are settled, when the chat changes around them. */
class WaitingTurnsTest {
  private static final Duration SETTLE = Duration.ofSeconds(90);

  private final Chat chat = Turns.chat("chat");
  private final WaitingTurns waiting = new WaitingTurns();
  private final Map<String, SaidTurn> turns = new HashMap<>();

  /**
   * A turn is its name and its place; {@code u} is the user, anything else a reply. An event is
   * what happened to a turn ({@code +} said, {@code -} deleted, {@code >} moved to) or at a place
   * ({@code ^} something was inserted there).
   */
  @ParameterizedTest(name = "{0}, then {1}: {2}, settled {3} ({4})")
  @CsvSource(
      delimiter = '|',
      nullValues = "nothing",
      textBlock =
          """
          # waits     | then      | waits then   | settled | because
          u4 a5       | nothing   | u4 a5        | nothing | the user did not go on
          u4 a5 u6    | nothing   | u4 a5 u6     | u4 a5   | the user went on
          u6 a5 u4    | nothing   | u4 a5 u6     | u4 a5   | the order is the chat's
          a3 b3       | nothing   | a3 b3        | nothing | of two in one place the first comes first
          u0 a1       | +u2       | u0 a1 u2     | u0 a1   | the user went on
          u0 a1 b2    | +u1       | u0 a1 u1 b2  | u0      | only what stands before the user's turn
          # Something is inserted.
          u0 a1 u2    | ^1        | u0 a2 u3     | u0 a2   | what stands there moves down
          u0 a1 u2    | ^0        | u1 a2 u3     | u1 a2   | so does the first
          u0 a1 u2    | ^3        | u0 a1 u2     | u0 a1   | behind them nothing moves
          u0 a1 u2    | ^2        | u0 a1 u3     | u0 a1   | the user's last turn moves too
          # Something is deleted.
          u4 a5 v6    | -a5       | u4 a5 v5     | u4      | what stands behind it moves up; it is taken out itself by who knows why
          a4 u5 b6    | -u5       | a4 u5 b5     | nothing | without the user's turn nothing is settled
          u3 a4 v5 b6 | -v5       | u3 a4 v5 b5  | nothing | an earlier turn of the user settles what stands before it
          a2 u3 b4 v5 | -v5       | a2 u3 b4 v5  | a2      | an earlier turn of the user settles what stands before it
          u4 a5       | -x        | u3 a4        | nothing | one that does not wait was written, so it stood before
          u0 a1       | -x        | u0 a0        | nothing | the first has its place
          # Something is moved.
          u0 a1 b2    | >a1 2     | u0 b1 a2     | nothing | it goes down
          u0 a1 b2    | >b2 1     | u0 b1 a2     | nothing | it goes up
          u0 a1 b2    | >b2 0     | b0 u1 a2     | b0      | what it stands before now is the user's
          u0 a1 b2    | >x 0      | u0 a1 b2     | nothing | one that does not wait moves nothing
          """)
  void turns_wait_in_the_order_of_the_chat(
      String before, String event, String after, String settled, String because) {
    for (String turn : before.split(" ")) {
      say(turn);
    }

    happens(event);

    assertThat(String.join(" ", named(waiting.inOrder()))).isEqualTo(after);
    List<SaidTurn> settledTurns =
        waiting.inOrder().stream()
            .filter(turn -> waiting.settled(turn, SETTLE, TEN.plusSeconds(89)))
            .toList();
    assertThat(String.join(" ", named(settledTurns))).isEqualTo(settled == null ? "" : settled);
    assertThat(waiting.inOrder())
        .as("unchanged for long")
        .allMatch(turn -> waiting.settled(turn, SETTLE, TEN.plusSeconds(90)));
  }

  private void say(String turn) {
    String name = turn.substring(0, 1);
    boolean user = name.equals("u") || name.equals("v");
    int place = Integer.parseInt(turn.substring(1));
    SaidTurn said = Turns.turn(chat, name, place, user ? Role.USER : Role.ASSISTANT, false);
    turns.put(name, said);
    if (user) {
      waiting.sawUser(name, place);
    }
    waiting.add(said);
  }

  private void happens(String event) {
    if (event == null) {
      return;
    }
    String[] what = event.substring(1).split(" ");
    switch (event.charAt(0)) {
      case '+' -> say(what[0]);
      case '-' -> waiting.deleted(what[0].substring(0, 1));
      case '^' -> waiting.inserted(Integer.parseInt(what[0]));
      case '>' -> waiting.moved(what[0].substring(0, 1), Integer.parseInt(what[1]));
      default -> throw new IllegalArgumentException(event);
    }
  }

  private static List<String> named(List<SaidTurn> turns) {
    List<String> names = new ArrayList<>();
    turns.forEach(turn -> names.add(turn.turnId() + turn.position()));
    return names;
  }

  @Test
  void a_newer_version_waits_in_the_place_of_the_older_one() {
    say("u0");
    say("a1");
    say("b2");
    waiting.inserted(1);

    SaidTurn newer = Turns.turn(chat, "a", 1, Role.ASSISTANT, false);
    waiting.replace(turns.get("a"), newer);

    assertThat(named(waiting.inOrder())).containsExactly("u0", "a2", "b3");
    assertThat(waiting.contains(newer)).isTrue();
    assertThat(waiting.contains(turns.get("a"))).isFalse();
  }

  @Test
  void what_is_said_now_is_told_from_the_backlog() {
    SaidTurn old = Turns.turn(chat, "old", 0, Role.USER, true);
    SaidTurn oldAgain = Turns.turn(chat, "old", 0, Role.USER, true);
    SaidTurn edited = Turns.turn(chat, "old", 0, Role.USER, false);
    SaidTurn editedAgain = Turns.turn(chat, "old", 0, Role.USER, false);
    assertThat(waiting.hasLive()).isFalse();

    waiting.add(old);
    assertThat(waiting.hasLive()).as("a backlog").isFalse();
    waiting.replace(old, oldAgain);
    assertThat(waiting.hasLive()).as("a backlog still").isFalse();
    waiting.replace(oldAgain, edited);
    assertThat(waiting.hasLive()).as("edited now").isTrue();
    waiting.replace(edited, editedAgain);
    assertThat(waiting.hasLive()).as("edited again").isTrue();
    waiting.remove(edited);
    assertThat(waiting.hasLive()).as("one that does not wait is removed").isTrue();
    waiting.remove(editedAgain);
    assertThat(waiting.hasLive()).as("removed").isFalse();
    waiting.add(old);
    waiting.remove(old);
    waiting.add(edited);
    assertThat(waiting.hasLive()).as("said now").isTrue();
  }
}
