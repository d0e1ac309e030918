package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.writer.ChatLog;
import dev.tavernmem0.writer.scope.Simulation.Crash;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is written first, and how many calls it takes. */
class OrderTest {
  private final Simulation scope = new Simulation();

  /** A chat that was there before the watcher; its snapshot is not read yet. */
  private ChatLog oldChat(String id, String firstSaid, int exchanges) {
    ChatLog chat = scope.chat(id);
    Instant said = Instant.parse(firstSaid);
    chat.loseEventsOf(
        () -> {
          for (int i = 0; i < exchanges; i++) {
            chat.at(said.plus(Duration.ofMinutes(2L * i)))
                .append(Role.USER, "Alex", id + " " + i, Op.CREATE, Cause.APPEND);
            chat.at(said.plus(Duration.ofMinutes(2L * i + 1))).reply("re " + id + " " + i);
          }
        });
    return chat;
  }

  private List<String> chatsInOrderOfPosts() {
    List<String> order = new ArrayList<>();
    for (List<String> batch : scope.posted()) {
      order.add(scope.chatOf(batch.get(0)));
    }
    return order;
  }

  @Test
  void the_backlog_goes_oldest_first_across_the_chats_of_a_scope() {
    oldChat("green-tea", "2026-01-01T00:00:00Z", 2).read();
    oldChat("black-coffee", "2024-01-01T00:00:00Z", 2).read();
    oldChat("water", "2025-01-01T00:00:00Z", 2).read();
    scope.pass(Duration.ofDays(400));

    scope.drain();

    assertThat(chatsInOrderOfPosts()).containsExactly("black-coffee", "water", "green-tea");
  }

  @Test
  void the_backlog_waits_until_it_has_been_read_in_full() {
    oldChat("green-tea", "2026-01-01T00:00:00Z", 30).read();
    scope.pass(Duration.ofDays(400));
    scope.consume(20);
    scope.pass(Duration.ofMinutes(3));

    assertThat(scope.work(Crash.NEVER, true)).as("amid the snapshot").isFalse();

    scope.consume(Integer.MAX_VALUE);
    assertThat(scope.work(Crash.NEVER, true)).as("just read").isFalse();
    scope.pass(Duration.ofSeconds(1));
    assertThat(scope.work(Crash.NEVER, true)).isTrue();
  }

  @Test
  void what_is_said_now_goes_before_the_backlog() {
    oldChat("old", "2024-01-01T00:00:00Z", 20).read();
    scope.pass(Duration.ofDays(800));
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofSeconds(1));
    assertThat(scope.work(Crash.NEVER, true)).as("a first batch").isTrue();

    scope.chat("live").user("I live in Prague.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(4));
    scope.work(Crash.NEVER, true);

    assertThat(chatsInOrderOfPosts()).containsExactly("old", "live");
  }

  @Test
  void what_was_said_in_one_chat_is_written_seconds_after_another_is_opened() {
    scope.chat("one").user("I live in Prague.");
    scope.pass(Duration.ofSeconds(20));
    scope.chat("one").reply("Nice.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofSeconds(10));
    assertThat(scope.work(Crash.NEVER, true)).as("while the chat goes on").isFalse();

    scope.chat("two").reply("Hello again!");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofSeconds(1));
    scope.work(Crash.NEVER, true);

    assertThat(scope.rememberedTexts())
        .containsExactly("Alex: I live in Prague.", "Seraphina: Nice.");
  }

  /** A reply after 20 s, the user after 80 s; the defaults' proportions with batches of 6. */
  @Test
  void an_hour_at_an_ordinary_pace_costs_a_call_for_each_full_batch() {
    for (int exchange = 0; exchange < 36; exchange++) {
      scope.chat().user("I say thing " + exchange);
      everyTenSeconds(2);
      scope.chat().reply("She answers " + exchange);
      everyTenSeconds(8);
    }

    int turns = scope.posted().stream().mapToInt(List::size).sum();
    assertThat(turns).isGreaterThanOrEqualTo(60);
    assertThat(100.0 * scope.posted().size() / turns).isLessThanOrEqualTo(20);
    assertThat(scope.posted()).allMatch(batch -> batch.size() % 2 == 0);
  }

  private void everyTenSeconds(int times) {
    for (int i = 0; i < times; i++) {
      scope.consume(Integer.MAX_VALUE);
      scope.makeDurable();
      scope.work(Crash.NEVER, true);
      scope.pass(Duration.ofSeconds(10));
    }
  }

  @Test
  void a_backfill_costs_few_calls() {
    oldChat("old", "2024-01-01T00:00:00Z", 40).read();
    scope.pass(Duration.ofDays(800));

    scope.drain();

    assertThat(scope.posted()).hasSize(10).allMatch(batch -> batch.size() == 8);
  }

  @Test
  void a_turn_that_a_complete_snapshot_does_not_name_is_gone() {
    scope.chat().user("I live in Prague.");
    scope.pass(Duration.ofSeconds(20));
    scope.chat().reply("Nice.");
    scope.anHour();

    scope.chat().loseEventsOf(() -> scope.chat().delete(1));
    scope.chat().read();
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: I live in Prague.");
    scope.check();
  }

  @Test
  void a_snapshot_that_did_not_come_to_its_end_says_nothing_of_what_is_gone() {
    for (int i = 0; i < 3; i++) {
      scope.chat().user("I like thing " + i);
      scope.pass(Duration.ofSeconds(20));
    }
    scope.anHour();
    ChatLog chat = scope.chat();
    chat.loseEventsOf(() -> chat.delete(2));
    chat.read();
    scope.consume(1);
    scope.loseRestOfLog();

    chat.user("I like rain.");
    scope.anHour();

    assertThat(scope.rememberedTexts()).contains("Alex: I like thing 2", "Alex: I like rain.");
  }

  // --- Within a chat

  private void line(int place, String text) {
    scope.chat().insert(place, Role.USER, "Alex", text, Op.CREATE, Cause.INSERT);
  }

  @Test
  void a_line_that_is_inserted_is_written_in_its_place() {
    scope.chat().user("one");
    scope.chat().user("two");
    scope.chat().user("four");
    line(2, "three");
    line(0, "zero");
    scope.anHour();

    assertThat(scope.postedTexts()).containsExactly(List.of("zero", "one", "two", "three", "four"));
  }

  @Test
  void also_when_lines_before_it_were_deleted() {
    for (String text : List.of("one", "gone", "gone too", "two", "four")) {
      scope.chat().user(text);
    }
    scope.chat().delete(1);
    scope.chat().delete(1);
    line(2, "three");
    scope.anHour();

    assertThat(scope.postedTexts()).containsExactly(List.of("one", "two", "three", "four"));
  }

  @Test
  void an_edited_line_keeps_its_place() {
    scope.chat().user("one");
    scope.chat().user("two");
    scope.chat().user("three");
    line(0, "zero");
    scope.chat().edit(2, "two, edited");
    scope.anHour();

    assertThat(scope.postedTexts()).containsExactly(List.of("zero", "one", "two, edited", "three"));
  }

  @Test
  void a_full_batch_is_written_as_soon_as_the_user_goes_on() {
    for (int exchange = 0; exchange < 3; exchange++) {
      scope.chat().user("I say " + exchange);
      scope.chat().reply("She says " + exchange);
    }
    scope.consume(Integer.MAX_VALUE);
    assertThat(scope.work(Crash.NEVER, true)).as("the last reply may be swiped").isFalse();

    scope.chat().user("I say more");
    scope.consume(Integer.MAX_VALUE);

    assertThat(scope.work(Crash.NEVER, true)).isTrue();
    assertThat(scope.posted().get(0)).hasSize(6);
  }

  @Test
  void the_calls_of_a_chat_go_one_after_the_other_and_those_of_others_meanwhile() {
    scope.chat().user("I live in Prague.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    scope.hang(Lane.LIVE);

    scope.chat().user("I moved to Brno.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    assertThat(scope.work(Crash.NEVER, true)).as("while a call is under way").isFalse();

    scope.chat("other").user("I like rain.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    assertThat(scope.work(Crash.NEVER, true)).as("another chat's").isTrue();
    scope.goOn();
    assertThat(scope.work(Crash.NEVER, true)).as("when it has come to its end").isTrue();

    assertThat(scope.postedTexts())
        .containsExactly(
            List.of("I like rain."), List.of("I live in Prague."), List.of("I moved to Brno."));
  }

  @Test
  void of_two_chats_the_one_that_waits_longest_goes_first() {
    scope.chat("second");
    scope.chat("first").user("I like tea.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofSeconds(1));
    scope.chat("second").user("I like rain.");
    scope.drain();

    assertThat(scope.postedTexts())
        .containsExactly(List.of("I like tea."), List.of("I like rain."));
  }

  @Test
  void an_old_chat_that_was_not_read_to_its_end_is_written_when_nothing_of_it_comes_any_more() {
    oldChat("old", "2024-01-01T00:00:00Z", 2).read();
    scope.pass(Duration.ofDays(800));
    scope.consume(2);
    scope.loseRestOfLog();

    scope.pass(Duration.ofMinutes(9));
    assertThat(scope.work(Crash.NEVER, true)).as("more may come").isFalse();
    scope.pass(Duration.ofMinutes(1));
    assertThat(scope.work(Crash.NEVER, true)).isTrue();
  }

  @Test
  void what_is_to_be_written_again_waits_for_what_is_on_its_way_but_not_for_ever() {
    scope.chat().user("I like tea.");
    scope.chat().reply("Nice.");
    scope.anHour();
    scope.chat().edit(0, "I like coffee.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofSeconds(6));
    assertThat(scope.work(Crash.NEVER, true)).as("taken back").isTrue();
    scope.pass(Duration.ofSeconds(100));

    scope.chat("other").user("I say something.");
    assertThat(scope.work(Crash.NEVER, true)).as("there is more to read").isFalse();
    scope.pass(Duration.ofMinutes(9));
    assertThat(scope.work(Crash.NEVER, true)).as("for long").isTrue();
    assertThat(scope.postedTexts().get(1)).containsExactly("I like coffee.", "Nice.");
  }

  @Test
  void what_is_said_now_goes_before_a_batch_of_the_backlog_that_was_not_posted_yet() {
    oldChat("old", "2024-01-01T00:00:00Z", 2).read();
    scope.pass(Duration.ofDays(800));
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    scope.hang(Lane.BACKLOG);

    scope.chat("new").user("I like tea.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    assertThat(scope.liveIsDue()).isTrue();
    scope.putOff();
    assertThat(scope.waiting().backlog()).as("what was put off waits").isEqualTo(4);
    scope.drain();

    assertThat(chatsInOrderOfPosts()).containsExactly("new", "old");
  }

  @Test
  void no_batch_makes_way_for_what_could_not_be_written_all_the_same() {
    scope.chat("new").user("I like tea.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    scope.hang(Lane.LIVE);
    scope.chat("new").user("I like rain.");
    oldChat("old", "2024-01-01T00:00:00Z", 2).read();
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    scope.hang(Lane.BACKLOG);

    assertThat(scope.liveIsDue()).as("while its chat's calls are under way").isFalse();
    scope.goOn();
    assertThat(scope.liveIsDue()).as("when they are done").isTrue();
  }

  @Test
  void a_batch_that_makes_way_is_not_written_with_words_that_changed_meanwhile() {
    ChatLog old = oldChat("old", "2024-01-01T00:00:00Z", 2);
    old.read();
    scope.pass(Duration.ofDays(800));
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    scope.hang(Lane.BACKLOG);
    old.edit(0, "edited");
    scope.consume(Integer.MAX_VALUE);
    scope.putOff();
    scope.drain();

    assertThat(scope.postedTexts().stream().flatMap(List::stream))
        .contains("edited")
        .doesNotContain("old 0");
    scope.check();
  }
}
