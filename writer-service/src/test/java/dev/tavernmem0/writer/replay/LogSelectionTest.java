package dev.tavernmem0.writer.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.writer.ChatLog;
import dev.tavernmem0.writer.log.LoggedVersion;
import dev.tavernmem0.writer.scope.BatchRules;
import dev.tavernmem0.writer.scope.Eligibility;
import dev.tavernmem0.writer.scope.ScopeState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the log has and the ledger does not. */
class LogSelectionTest {
  private static final Scope SCOPE = new Scope("default-user", "Seraphina");
  private static final Instant START = Instant.parse("2025-01-01T00:00:00Z");
  private static final BatchRules RULES =
      new BatchRules(
          6,
          8,
          Duration.ofSeconds(90),
          Duration.ofSeconds(180),
          Duration.ofMinutes(10),
          Duration.ofSeconds(5),
          4,
          10,
          Duration.ofSeconds(30));
  private static final ReplaySelection EVERYTHING =
      new ReplaySelection(null, null, null, null, null, null, ReplayMode.MISSING.fates());

  private final List<TurnEvent> log = new ArrayList<>();

  private ChatLog chat(String id) {
    return new ChatLog("default-user:" + id, "Seraphina", log::add).at(START);
  }

  private static Replay replay(ReplaySelection selection, boolean dryRun) {
    return new Replay(
        Replay.VERSION,
        "one",
        ReplayMode.MISSING,
        selection,
        null,
        null,
        dryRun,
        Replay.Order.RUN,
        0);
  }

  /** What the first events of the log made a scope know. */
  private KnownTurns known(int events) {
    ScopeState scope =
        new ScopeState(
            SCOPE, RULES, () -> 400, new Eligibility(false, turn -> new Eligibility.Text(null, 1)));
    for (int offset = 0; offset < events; offset++) {
      scope.fold(log.get(offset), offset, START);
    }
    return KnownTurns.of(List.of(scope));
  }

  private LogSelection.Selected read(
      ReplaySelection selection, KnownTurns known, Set<Long> ofBatches, boolean dryRun) {
    return new LogSelection(replay(selection, dryRun), known, ofBatches, String::length)
        .read(
            reader -> {
              for (int offset = 0; offset < log.size(); offset++) {
                byte[] value = TurnEventCodec.encode(log.get(offset));
                reader.record(
                    offset,
                    log.get(offset).source().chatId().getBytes(StandardCharsets.UTF_8),
                    value);
              }
            });
  }

  private List<String> missed(ReplaySelection selection, KnownTurns known) {
    return read(selection, known, Set.of(), false).missed().stream()
        .map(version -> log.get((int) version.offset()).after())
        .map(turn -> turn == null ? "gone" : turn.text())
        .toList();
  }

  @Test
  void turns_that_nobody_knows_are_told_in_the_words_that_they_have_in_the_end() {
    ChatLog chat = chat("one");
    chat.user("One.");
    chat.reply("Two.");
    chat.user("Three.");
    chat.edit(2, "Drei.");
    chat.swipe(1, "Zwei.");
    chat.delete(0);

    assertThat(missed(EVERYTHING, known(0))).containsExactlyInAnyOrder("Zwei.", "Drei.");
  }

  @Test
  void what_is_known_is_not_told_and_newer_words_are() {
    ChatLog chat = chat("one");
    chat.user("One.");
    chat.reply("Two.");
    int before = log.size();
    chat.edit(0, "Eins.");
    chat.user("Three.");

    assertThat(missed(EVERYTHING, known(log.size()))).isEmpty();
    assertThat(missed(EVERYTHING, known(before))).containsExactlyInAnyOrder("Eins.", "Three.");
  }

  @Test
  void what_a_later_snapshot_does_not_name_is_gone() {
    ChatLog chat = chat("one");
    chat.user("One.");
    chat.reply("Two.");
    chat.loseEventsOf(() -> chat.delete(0));
    chat.read();

    assertThat(missed(EVERYTHING, known(0))).containsExactly("Two.");
  }

  @Test
  void a_snapshot_that_tells_nothing_new_is_no_news() {
    ChatLog chat = chat("one");
    chat.user("One.");
    chat.reply("Two.");
    int before = log.size();
    chat.read();

    assertThat(missed(EVERYTHING, known(before))).isEmpty();
  }

  @Test
  void only_what_is_selected_is_told() {
    ChatLog one = chat("one");
    one.user("One.");
    one.at(START.plus(Duration.ofDays(1))).user("Two.");
    chat("other").user("Other.");
    KnownTurns nothing = known(0);

    assertThat(missed(of(null, null, null, "default-user:one", null, null), nothing))
        .containsExactly("One.", "Two.");
    assertThat(missed(of(null, null, null, null, START.plusSeconds(1), null), nothing))
        .containsExactly("Two.");
    assertThat(missed(of(null, null, null, null, null, START.plusSeconds(1)), nothing))
        .containsExactlyInAnyOrder("One.", "Other.");
    assertThat(missed(of("somebody", null, null, null, null, null), nothing)).isEmpty();
    assertThat(missed(of(null, "Robin", null, null, null, null), nothing)).isEmpty();
    assertThat(missed(of(null, null, "Seraphina", null, null, null), nothing)).isEmpty();
    assertThat(missed(of("default-user", "Seraphina", null, null, null, null), nothing)).hasSize(3);
  }

  private static ReplaySelection of(
      @Nullable String handle,
      @Nullable String character,
      @Nullable String group,
      @Nullable String chatId,
      @Nullable Instant from,
      @Nullable Instant to) {
    return new ReplaySelection(
        handle, character, group, chatId, from, to, ReplayMode.MISSING.fates());
  }

  @Test
  void of_batches_it_tells_which_turns_were_said_then_and_how_long_they_are() {
    ChatLog one = chat("one");
    one.user("Four");
    one.at(START.plus(Duration.ofDays(1))).user("Sixsix");
    KnownTurns all = known(log.size());

    LogSelection.Selected then =
        read(of(null, null, null, null, START.plusSeconds(1), null), all, Set.of(0L, 1L), false);
    LogSelection.Selected counted = read(EVERYTHING, all, Set.of(0L, 1L), true);

    assertThat(then.saidThen()).containsExactly(1L);
    assertThat(then.tokens()).isZero();
    assertThat(counted.tokens()).as("a token for each character here").isEqualTo(10);
    assertThat(read(EVERYTHING, known(0), Set.of(), true).tokens()).isEqualTo(10);
  }

  @Test
  void what_is_no_event_is_no_turn() {
    chat("one").user("One.");
    LogSelection selection =
        new LogSelection(replay(EVERYTHING, false), known(0), Set.of(), String::length);

    LogSelection.Selected selected =
        selection.read(
            reader -> {
              byte[] key = "default-user:one".getBytes(StandardCharsets.UTF_8);
              reader.record(0, key, "{".getBytes(StandardCharsets.UTF_8));
              reader.record(1, key, null);
              reader.record(2, null, TurnEventCodec.encode(log.get(0)));
              reader.record(3, key, TurnEventCodec.encode(log.get(0)));
            });

    assertThat(selected.missed()).extracting(LoggedVersion::offset).containsExactly(3L);
  }

  sealed interface Act {
    void on(ChatLog chat);

    record Say(String text) implements Act {
      @Override
      public void on(ChatLog chat) {
        chat.user(text);
      }
    }

    record Edit(int where, String text) implements Act {
      @Override
      public void on(ChatLog chat) {
        if (!chat.turns().isEmpty()) {
          chat.edit(Math.floorMod(where, chat.turns().size()), text);
        }
      }
    }

    record Delete(int where, boolean isLost) implements Act {
      @Override
      public void on(ChatLog chat) {
        if (chat.turns().isEmpty()) {
          return;
        }
        int position = Math.floorMod(where, chat.turns().size());
        // The watcher tells of an empty chat, which this one cannot.
        if (isLost && chat.turns().size() > 1) {
          chat.loseEventsOf(() -> chat.delete(position));
          chat.read();
        } else {
          chat.delete(position);
        }
      }
    }

    record Read() implements Act {
      @Override
      public void on(ChatLog chat) {
        chat.read();
      }
    }
  }

  @Property(tries = 300)
  void the_log_alone_tells_what_the_chats_say(@ForAll("acts") List<Act> acts) {
    log.clear();
    ChatLog one = chat("one");
    ChatLog other = chat("other");
    for (int i = 0; i < acts.size(); i++) {
      acts.get(i).on(i % 3 == 0 ? other : one);
    }

    Set<String> said =
        Stream.of(one, other)
            .flatMap(chat -> chat.turns().stream())
            .map(turn -> turn.turnId() + turn.hash())
            .collect(Collectors.toSet());
    Set<String> found =
        read(EVERYTHING, known(0), Set.of(), false).missed().stream()
            .map(version -> version.turnId() + version.hash())
            .collect(Collectors.toCollection(HashSet::new));
    assertThat(found).isEqualTo(said);
    assertThat(missed(EVERYTHING, known(log.size()))).as("all of it is known").isEmpty();
  }

  @Provide
  Arbitrary<List<Act>> acts() {
    Arbitrary<Integer> where = Arbitraries.integers().between(0, 9);
    Arbitrary<String> text = Arbitraries.strings().alpha().ofLength(3);
    Arbitrary<Act> act =
        Arbitraries.oneOf(
            text.map(Act.Say::new),
            text.map(Act.Say::new),
            Combinators.combine(where, text).as(Act.Edit::new),
            Combinators.combine(where, Arbitraries.of(true, false, false)).as(Act.Delete::new),
            Arbitraries.just(new Act.Read()));
    return act.list().ofMinSize(1).ofMaxSize(40);
  }
}
