package dev.tavernmem0.watcher.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.watcher.chatfile.ChatFile;
import dev.tavernmem0.watcher.chatfile.Line;
import dev.tavernmem0.watcher.chatfile.LineMark;
import dev.tavernmem0.watcher.chatfile.TurnContent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ChatDiffPropertyTest {

  private static final long NOW = 1_800_000_000_000L;

  /** A chat before and after some actions in it. */
  record Rewrite(List<Line> before, List<Line> after) {}

  @Property(tries = 2000)
  void applying_the_diff_gives_the_file(@ForAll("rewrites") Rewrite rewrite) {
    ChatSnapshot snapshot = published(rewrite.before());

    ChatFile file = Line.file(rewrite.after());
    step(snapshot, file, Integer.MAX_VALUE);

    assertThat(contents(snapshot)).isEqualTo(file.contents());
    assertThat(ChatDiff.between(snapshot, file).changes()).isEmpty();
  }

  @Property(tries = 2000)
  void applying_the_diff_gives_the_file_even_if_turns_are_equal(
      @ForAll("rewritesWithEqualTurns") Rewrite rewrite) {
    applying_the_diff_gives_the_file(rewrite);
    turn_ids_are_never_shared(rewrite);
  }

  @Property(tries = 1000)
  void turn_ids_are_never_shared(@ForAll("rewrites") Rewrite rewrite) {
    ChatSnapshot snapshot = published(rewrite.before());
    ChatFile file = Line.file(rewrite.after());

    snapshot.refresh(ChatDiff.between(snapshot, file));
    for (Change change : ChatDiff.between(snapshot, file).changes()) {
      snapshot.apply(change, NOW);
      assertThat(snapshot.turns()).extracting(TurnState::ordinal).doesNotHaveDuplicates();
      assertThat(snapshot.turns())
          .allSatisfy(turn -> assertThat(turn.ordinal()).isLessThan(snapshot.nextOrdinal()));
      assertThat(snapshot.turns()).isSortedAccordingTo((a, b) -> a.rank().compareTo(b.rank()));
    }
  }

  @Property(tries = 2000)
  void a_diff_redone_after_a_crash_gives_the_remaining_changes(
      @ForAll("rewrites") Rewrite rewrite) {
    ChatFile file = Line.file(rewrite.after());
    ChatSnapshot uninterrupted = published(rewrite.before());
    List<Change> changes = ChatDiff.between(uninterrupted, file).changes();

    for (int survived = 0; survived <= changes.size(); survived++) {
      ChatSnapshot restored = restored(rewrite.before(), file, survived);
      assertThat(described(ChatDiff.between(restored, file).changes()))
          .as("after %s of %s", survived, changes)
          .isEqualTo(described(changes.subList(survived, changes.size())));
    }
  }

  @Property(tries = 500)
  void a_turn_that_says_the_same_keeps_its_id(@ForAll("rewrites") Rewrite rewrite) {
    ChatSnapshot snapshot = published(rewrite.before());
    var ordinalByText =
        snapshot.turns().stream()
            .collect(Collectors.toMap(t -> t.content().textHash(), TurnState::ordinal));

    step(snapshot, Line.file(rewrite.after()), Integer.MAX_VALUE);

    assertThat(snapshot.turns())
        .allSatisfy(
            turn -> {
              Integer ordinal = ordinalByText.get(turn.content().textHash());
              assertThat(ordinal == null || ordinal == turn.ordinal()).isTrue();
            });
  }

  /** What a watcher knows that was killed after some records and came back: no line hashes. */
  private static ChatSnapshot restored(List<Line> before, ChatFile file, int survived) {
    ChatSnapshot snapshot = published(before);
    step(snapshot, file, survived);
    List<TurnState> turns =
        snapshot.turns().stream()
            .map(
                t ->
                    new TurnState(
                        t.ordinal(), t.revision(), t.movedTo(), t.content(), LineMark.NONE))
            .collect(Collectors.toCollection(ArrayList::new));
    Collections.shuffle(turns, new Random(survived));
    return new ChatSnapshot(turns, snapshot.gone(), snapshot.nextOrdinal());
  }

  private static ChatSnapshot published(List<Line> lines) {
    ChatSnapshot snapshot = new ChatSnapshot();
    step(snapshot, Line.file(lines), Integer.MAX_VALUE);
    return snapshot;
  }

  private static void step(ChatSnapshot snapshot, ChatFile file, int steps) {
    ChatDiff diff = ChatDiff.between(snapshot, file);
    snapshot.refresh(diff);
    diff.changes().stream().limit(steps).forEach(change -> snapshot.apply(change, NOW));
  }

  private static List<TurnContent> contents(ChatSnapshot snapshot) {
    return snapshot.turns().stream().map(TurnState::content).toList();
  }

  /** What becomes of the event: everything but line hashes. */
  private static List<String> described(List<Change> changes) {
    return changes.stream()
        .map(
            change ->
                String.join(
                    " ",
                    change.getClass().getSimpleName(),
                    change.cause().json(),
                    Integer.toString(change.index()),
                    Integer.toString(change.turn().ordinal()),
                    Integer.toString(change.turn().revision()),
                    change.turn().content().toString()))
        .toList();
  }

  @Provide
  Arbitrary<Rewrite> rewrites() {
    return rewrites(1_000_000);
  }

  @Provide
  Arbitrary<Rewrite> rewritesWithEqualTurns() {
    return rewrites(3);
  }

  private static Arbitrary<Rewrite> rewrites(int texts) {
    Arbitrary<Integer> size = Arbitraries.integers().between(0, 12);
    Arbitrary<Integer> actions = Arbitraries.integers().between(0, 6);
    return Combinators.combine(size, actions, Arbitraries.randomValue(Random::nextLong))
        .as((n, k, seed) -> rewrite(n, k, texts, new Random(seed)));
  }

  private static Rewrite rewrite(int size, int actions, int texts, Random random) {
    int minutes = texts < 10 ? 2 : 1_000_000;
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      lines.add(line(texts, minutes, random));
    }
    List<Line> after = new ArrayList<>(lines);
    for (int i = 0; i < actions; i++) {
      act(after, texts, minutes, random);
    }
    return new Rewrite(lines, after);
  }

  private static Line line(int texts, int minutes, Random random) {
    String text = "text " + random.nextInt(texts);
    int minute = random.nextInt(minutes);
    return random.nextBoolean() ? Line.user(text, minute) : Line.ai(text, minute);
  }

  private static void act(List<Line> chat, int texts, int minutes, Random random) {
    String text = "text " + random.nextInt(texts);
    int minute = random.nextInt(minutes);
    if (chat.isEmpty() || random.nextInt(4) == 0) {
      chat.add(random.nextInt(chat.size() + 1), line(texts, minutes, random));
      return;
    }
    int at = random.nextInt(chat.size());
    Line line = chat.get(at);
    switch (random.nextInt(8)) {
      case 0 -> chat.set(at, line.edited(text));
      case 1 -> chat.set(at, line.hiddenAs(!line.hidden()));
      case 2 -> chat.set(at, line.user() ? line : line.swiped(text, minute));
      case 3 -> chat.set(at, line.user() ? line : line.continued(" and more", minute));
      case 4 -> chat.set(at, line.user() ? line : line.regenerated(text, minute));
      case 5 -> chat.remove(at);
      case 6 -> chat.add(random.nextInt(chat.size()), chat.remove(at));
      default -> chat.subList(at, chat.size()).clear();
    }
  }
}
