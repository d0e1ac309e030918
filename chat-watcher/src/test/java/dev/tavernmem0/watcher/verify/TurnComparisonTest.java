package dev.tavernmem0.watcher.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.watcher.chatfile.TurnContent;
import dev.tavernmem0.watcher.verify.Difference.Kind;
import dev.tavernmem0.watcher.verify.TurnComparison.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A turn is a letter here: what it says; capitals are the user's. */
class TurnComparisonTest {

  private static Role role(int letter) {
    return Character.isUpperCase(letter) ? Role.USER : Role.ASSISTANT;
  }

  private static List<Result> compare(String file, String log) {
    List<TurnContent> contents =
        file.chars().mapToObj(c -> new TurnContent(role(c), false, 0, c, 1, 0)).toList();
    List<LoggedTurn> logged =
        IntStream.range(0, log.length())
            .mapToObj(i -> new LoggedTurn("t" + i, role(log.charAt(i)), log.charAt(i)))
            .toList();
    return TurnComparison.of(contents, logged);
  }

  private static Result stale(String turnId, int position) {
    return new Result(Kind.STALE, turnId, position);
  }

  private static Result notInLog(int position) {
    return new Result(Kind.TURN_NOT_IN_LOG, null, position);
  }

  private static Result notInFile(String turnId) {
    return new Result(Kind.TURN_NOT_IN_FILE, turnId, null);
  }

  @Test
  void what_is_the_same_does_not_differ() {
    assertThat(compare("", "")).isEmpty();
    assertThat(compare("AbAb", "AbAb")).isEmpty();
  }

  @Test
  void a_turn_that_one_of_them_has_is_told_where_it_stands() {
    assertThat(compare("AbCd", "Abd")).containsExactly(notInLog(2));
    assertThat(compare("AbC", "Ab")).containsExactly(notInLog(2));
    assertThat(compare("Ad", "AbCd")).containsExactly(notInFile("t1"), notInFile("t2"));
    assertThat(compare("Ab", "AbC")).containsExactly(notInFile("t2"));
    assertThat(compare("bb", "b")).containsExactly(notInLog(1));
  }

  @Test
  void as_many_turns_of_the_same_roles_are_old_words_and_others_are_not() {
    assertThat(compare("AbC", "AxC")).containsExactly(stale("t1", 1));
    assertThat(compare("AbCd", "AxYd")).containsExactly(stale("t1", 1), stale("t2", 2));
    assertThat(compare("AbC", "AXC")).containsExactly(notInLog(1), notInFile("t1"));
    assertThat(compare("AbC", "AxyC"))
        .containsExactly(notInLog(1), notInFile("t1"), notInFile("t2"));
  }

  @Test
  void a_turn_that_stands_elsewhere_is_missing_there_and_too_much_here() {
    assertThat(compare("abc", "cab")).containsExactly(notInFile("t0"), notInLog(2));
    assertThat(compare("ab", "ba")).hasSize(2);
  }

  @Test
  void nothing_is_told_only_of_what_is_equal_and_every_turn_is_accounted_for() {
    Random random = new Random(7);
    for (int round = 0; round < 5_000; round++) {
      String file = text(random);
      String log = random.nextInt(4) == 0 ? file : text(random);

      List<Result> results = compare(file, log);

      assertThat(results.isEmpty()).as("%s, %s", file, log).isEqualTo(file.equals(log));
      assertThat(mended(file, log, results)).as("%s, %s", file, log).isEqualTo(file);
    }
  }

  /** What the log says if it drops what is not in the file, and takes from it what is told. */
  private static String mended(String file, String log, List<Result> results) {
    List<String> dropped =
        results.stream().map(Result::turnId).flatMap(Stream::ofNullable).toList();
    List<Character> kept = new ArrayList<>();
    for (int i = 0; i < log.length(); i++) {
      if (!dropped.contains("t" + i)) {
        kept.add(log.charAt(i));
      }
    }
    results.stream()
        .map(Result::position)
        .flatMap(Stream::ofNullable)
        .sorted()
        .forEach(position -> kept.add(position, file.charAt(position)));
    StringBuilder text = new StringBuilder();
    kept.forEach(text::append);
    return text.toString();
  }

  private static String text(Random random) {
    return random
        .ints(random.nextInt(9), 0, 6)
        .mapToObj(i -> "aAbBcC".substring(i, i + 1))
        .reduce("", String::concat);
  }
}
