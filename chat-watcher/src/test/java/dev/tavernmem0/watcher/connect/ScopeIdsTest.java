package dev.tavernmem0.watcher.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.character.CharacterScope;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.ScopePartition;
import dev.tavernmem0.watcher.chatfile.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where chats belong, whatever becomes of the names of their characters. */
class ScopeIdsTest {
  @TempDir private Path root;

  private final Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>();
  private final List<TurnEvent> log = new ArrayList<>();
  private final Map<String, CharacterScope> characters = new TreeMap<>();
  private TaskUnderTest task;

  @AfterEach
  void stop() {
    if (task != null) {
      task.close();
    }
  }

  private List<TurnEvent> start() throws InterruptedException {
    begin();
    return next();
  }

  private void begin() {
    stop();
    task = new TaskUnderTest(root, offsets, Map.of());
  }

  private List<TurnEvent> next() throws InterruptedException {
    List<TurnEvent> events = task.next();
    log.addAll(events);
    task.applyCharacters(characters);
    return events;
  }

  private Path directory(String character) {
    return root.resolve("default-user/chats").resolve(character);
  }

  private static List<Line> lines(int from) {
    return List.of(Line.user("I live in Prague, " + from, from), Line.ai("Nice.", from + 1));
  }

  private void chat(String character, String name, String integrity, int from) throws IOException {
    Files.createDirectories(directory(character));
    Files.writeString(
        directory(character).resolve(name + ".jsonl"), Line.chat(integrity, lines(from)));
  }

  /** A chat of an early version. */
  private void oldChat(String character, String name, int from) throws IOException {
    Files.createDirectories(directory(character));
    Files.writeString(
        directory(character).resolve(name + ".jsonl"),
        "{\"user_name\":\"User\",\"character_name\":\"Mara\"}\n"
            + lines(from).stream().map(Line::json).collect(Collectors.joining("\n")));
  }

  private void rename(String from, String to) throws IOException {
    for (Step step : renaming(from, to)) {
      step.take();
    }
  }

  private interface Step {
    void take() throws IOException;
  }

  /** What SillyTavern does to the files when a character is renamed, step by step. */
  private List<Step> renaming(String from, String to) throws IOException {
    List<Step> steps = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> list = Files.list(directory(from))) {
      files = list.sorted().toList();
    }
    steps.add(() -> Files.createDirectories(directory(to)));
    for (Path file : files) {
      steps.add(() -> Files.copy(file, directory(to).resolve(file.getFileName())));
    }
    for (Path file : files) {
      steps.add(() -> Files.delete(file));
    }
    steps.add(() -> Files.delete(directory(from)));
    return steps;
  }

  /** Scope by chat, of the chats that are said to be anywhere. */
  private Map<String, String> scopes() {
    Map<String, List<TurnEvent>> byScope =
        log.stream()
            .collect(
                Collectors.groupingBy(
                    event -> event.source().scope(), LinkedHashMap::new, Collectors.toList()));
    Map<String, String> scopes = new TreeMap<>();
    byScope.forEach(
        (scope, events) ->
            new FoldedChats(events)
                .all()
                .forEach(
                    (chat, turns) ->
                        assertThat(scopes.put(chat, scope))
                            .as("%s is in one scope", chat)
                            .isNull()));
    return scopes;
  }

  private String scopeOf(String integrity) {
    return scopes().get("default-user:" + integrity);
  }

  private Map<String, String> names() {
    Map<String, String> names = new TreeMap<>();
    characters.values().forEach(character -> names.put(character.avatar(), character.scope()));
    return names;
  }

  @Test
  void a_character_gets_its_scope_id_of_the_name_that_it_is_first_seen_under() throws Exception {
    chat("Mary Jane", "a", "aaaa", 1);

    start();

    assertThat(scopeOf("aaaa")).isEqualTo("Mary+Jane");
    assertThat(characters.keySet()).containsExactly("default-user/Mary+Jane");
    assertThat(names()).containsExactly(Map.entry("Mary Jane", "Mary+Jane"));
  }

  @Test
  void a_renamed_character_keeps_its_scope_id_and_none_of_its_chats_is_published_again()
      throws Exception {
    chat("Mara", "a", "aaaa", 1);
    oldChat("Mara", "b", 11);
    start();

    rename("Mara", "Marina");

    assertThat(next()).isEmpty();
    chat("Marina", "c", "cccc", 21);
    assertThat(next()).extracting(event -> event.source().scope()).containsOnly("Mara");
    assertThat(names()).containsExactly(Map.entry("Marina", "Mara"));
  }

  @Test
  void an_old_name_that_another_character_has_taken_gets_another_scope_id() throws Exception {
    chat("Mara", "a", "aaaa", 1);
    start();
    rename("Mara", "Marina");
    next();

    chat("Mara", "b", "bbbb", 11);
    next();
    rename("Mara", "Mia");
    next();
    chat("Mara", "c", "cccc", 21);
    next();

    assertThat(scopeOf("aaaa")).isEqualTo("Mara");
    assertThat(scopeOf("bbbb")).isEqualTo("Mara~2");
    assertThat(scopeOf("cccc")).isEqualTo("Mara~3");
    assertThat(names()).isEqualTo(Map.of("Marina", "Mara", "Mia", "Mara~2", "Mara", "Mara~3"));
  }

  @Test
  void a_character_that_gets_its_old_name_back_has_the_same_scope_id() throws Exception {
    chat("Mara", "a", "aaaa", 1);
    start();
    rename("Mara", "Marina");
    next();
    rename("Marina", "Mara");

    assertThat(next()).isEmpty();
    assertThat(names()).containsExactly(Map.entry("Mara", "Mara"));
  }

  @Test
  void a_new_chat_of_a_renamed_character_has_its_scope_id_even_if_it_is_looked_at_first()
      throws Exception {
    chat("Mara", "x", "aaaa", 1);
    start();
    stop();

    rename("Mara", "Marina");
    chat("Marina", "a new one", "bbbb", 11);
    List<TurnEvent> events = start();

    assertThat(events)
        .hasSize(2)
        .allMatch(event -> event.source().chatId().equals("default-user:bbbb"))
        .allMatch(event -> event.source().scope().equals("Mara"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void characters_that_change_names_while_the_watcher_is_down_keep_their_scope_ids(boolean swap)
      throws Exception {
    chat("Mara", "a", "aaaa", 1);
    chat("Nils", "b", "bbbb", 11);
    start();
    stop();

    rename("Mara", "Olaf");
    rename("Nils", "Mara");
    if (swap) {
      rename("Olaf", "Nils");
    }

    assertThat(start()).isEmpty();
    assertThat(names()).isEqualTo(Map.of("Mara", "Nils", swap ? "Nils" : "Olaf", "Mara"));
  }

  private void copy(String from, String to, String name) throws IOException {
    Files.createDirectories(directory(to));
    Files.copy(directory(from).resolve(name), directory(to).resolve(name));
  }

  /**
   * The chats of both, whether the import is there before the watcher looks away, and the new names
   * of the character whose chat is imported and of the one that it is imported for: of two
   * directories the first one by name is looked at first.
   */
  @ParameterizedTest
  @CsvSource({
    "1, true, Olaf, Paul", "1, true, Paul, Olaf", "1, false, Olaf, Paul", "1, false, Paul, Olaf",
    "3, true, Olaf, Paul", "3, true, Paul, Olaf", "3, false, Olaf, Paul", "3, false, Paul, Olaf"
  })
  void a_renamed_character_keeps_its_scope_id_whoever_has_an_import_of_its_chat(
      int chats, boolean importIsKnown, String maraNow, String nilsNow) throws Exception {
    for (int i = 0; i < chats; i++) {
      chat("Mara", "a" + i, "aaaa" + i, 1 + i);
      chat("Nils", "b" + i, "bbbb" + i, 11 + i);
    }
    if (importIsKnown) {
      copy("Mara", "Nils", "a0.jsonl");
    }
    start();
    stop();

    if (!importIsKnown) {
      copy("Mara", "Nils", "a0.jsonl");
    }
    rename("Mara", maraNow);
    rename("Nils", nilsNow);
    start();

    assertThat(names()).isEqualTo(Map.of(maraNow, "Mara", nilsNow, "Nils"));
    assertThat(scopeOf("bbbb0")).isEqualTo("Nils");
    assertThat(scopes().values()).containsOnly("Mara", "Nils");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Leah", "Olaf"})
  void an_import_does_not_pass_for_the_only_chat_of_a_character_that_is_renamed(String maraNow)
      throws Exception {
    chat("Mara", "a", "aaaa", 1);
    chat("Nils", "b", "bbbb", 11);
    start();
    stop();

    copy("Mara", "Nils", "a.jsonl");
    rename("Mara", maraNow);
    start();

    assertThat(names()).isEqualTo(Map.of(maraNow, "Mara", "Nils", "Nils"));
    assertThat(scopeOf("aaaa")).isEqualTo("Mara");
    assertThat(scopes().values()).containsExactlyInAnyOrder("Mara", "Nils", "Nils");
  }

  @ParameterizedTest
  @CsvSource({"Olaf, Paul", "Paul, Olaf"})
  void a_new_character_with_an_import_takes_no_scope_id_of_one_that_is_renamed(
      String maraNow, String added) throws Exception {
    chat("Mara", "a", "aaaa", 1);
    chat("Mara", "b", "bbbb", 11);
    start();
    stop();

    copy("Mara", added, "a.jsonl");
    rename("Mara", maraNow);
    start();

    assertThat(names()).isEqualTo(Map.of(maraNow, "Mara", added, added));
  }

  @Test
  void which_of_two_with_the_same_only_chat_was_renamed_cannot_be_told_but_each_has_an_id()
      throws Exception {
    chat("Mara", "a", "aaaa", 1);
    start();
    stop();

    copy("Mara", "Olaf", "a.jsonl");
    rename("Mara", "Paul");
    start();

    assertThat(names()).containsOnlyKeys("Olaf", "Paul").containsValue("Mara");
    assertThat(names().values()).doesNotHaveDuplicates();
  }

  @Test
  void a_chat_imported_for_another_character_is_that_characters_while_the_first_one_lives()
      throws Exception {
    chat("Mara", "x", "aaaa", 1);
    start();

    Files.createDirectories(directory("Nils"));
    Files.copy(directory("Mara").resolve("x.jsonl"), directory("Nils").resolve("x.jsonl"));
    next();

    assertThat(scopes().values()).containsExactlyInAnyOrder("Mara", "Nils");
    assertThat(names()).isEqualTo(Map.of("Mara", "Mara", "Nils", "Nils"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_chat_moved_to_another_living_character_is_said_there_and_no_longer_where_it_was(
      boolean another) throws Exception {
    chat("Mara", "x", "aaaa", 1);
    chat("Mara", "y", "bbbb", 11);
    if (another) {
      chat("Nils", "z", "cccc", 21);
    }
    start();

    Files.createDirectories(directory("Nils"));
    Files.move(directory("Mara").resolve("x.jsonl"), directory("Nils").resolve("x.jsonl"));
    List<TurnEvent> events = next();

    assertThat(events)
        .extracting(event -> event.op() + " " + event.source().scope())
        .containsExactly("DELETE Mara", "DELETE Mara", "CREATE Nils", "CREATE Nils");
    assertThat(events)
        .extracting(event -> event.source().chatId())
        .containsOnly("default-user:aaaa");
    assertThat(scopeOf("aaaa")).isEqualTo("Nils");
    assertThat(scopeOf("bbbb")).isEqualTo("Mara");
  }

  @Test
  void the_only_chat_of_a_character_that_is_still_there_can_be_moved_too() throws Exception {
    chat("Mara", "x", "aaaa", 1);
    start();

    Files.createDirectories(directory("Nils"));
    Files.move(directory("Mara").resolve("x.jsonl"), directory("Nils").resolve("x.jsonl"));
    next();

    assertThat(scopeOf("aaaa")).isEqualTo("Nils");
    assertThat(names()).isEqualTo(Map.of("Mara", "Mara", "Nils", "Nils"));
  }

  @Test
  void all_chats_of_a_scope_go_to_one_partition_and_deletions_to_that_of_the_scope_they_are_of()
      throws Exception {
    chat("Mara", "x", "aaaa", 1);
    chat("Mara", "y", "bbbb", 11);
    chat("Nils", "z", "cccc", 21);
    start();
    Files.move(directory("Mara").resolve("x.jsonl"), directory("Nils").resolve("x.jsonl"));
    next();

    assertThat(task.partitions())
        .isEqualTo(
            task.events().stream()
                .map(event -> ScopePartition.of(Scope.of(event.source()), 12))
                .toList())
        .hasSize(6 + 2 + 2);
    assertThat(Set.copyOf(task.partitions())).hasSize(2);
  }

  @Test
  void a_character_that_is_deleted_and_comes_back_has_its_scope_id_again() throws Exception {
    chat("Mara", "x", "aaaa", 1);
    start();
    Files.delete(directory("Mara").resolve("x.jsonl"));
    Files.delete(directory("Mara"));
    next();

    chat("Mara", "x", "aaaa", 1);
    next();

    assertThat(scopeOf("aaaa")).isEqualTo("Mara");
  }

  @Test
  void names_that_make_the_same_id_get_different_ones() throws Exception {
    chat("Andre\u0301", "a", "aaaa", 1);
    chat("Andr\u00e9", "b", "bbbb", 11);
    start();

    assertThat(scopes().values()).containsExactlyInAnyOrder("Andr\u00e9", "Andr\u00e9~2");
  }

  @Test
  void a_restart_between_any_two_steps_of_a_rename_makes_no_difference() throws Exception {
    chat("Mara", "a", "aaaa", 1);
    oldChat("Mara", "b", 11);
    chat("Mara", "c", "cccc", 21);
    start();
    Map<Map<String, ?>, Map<String, ?>> before = new HashMap<>(offsets);
    int steps = renaming("Mara", "Marina").size();
    for (int restart = 0; restart <= steps; restart++) {
      offsets.clear();
      offsets.putAll(before);
      begin();
      List<Step> all = renaming("Mara", "Marina");
      for (int step = 0; step < steps; step++) {
        if (step == restart) {
          task.pollOnce();
          task.commitAll();
          begin();
        }
        all.get(step).take();
        task.pollOnce();
      }

      assertThat(next()).as("restart before step %d", restart).isEmpty();
      assertThat(task.events()).as("restart before step %d", restart).isEmpty();
      assertThat(names())
          .as("restart before step %d", restart)
          .containsExactly(Map.entry("Marina", "Mara"));
      for (Step back : renaming("Marina", "Mara")) {
        back.take();
      }
    }
  }

  @Test
  void a_crash_after_any_record_of_renames_and_moves_leaves_every_chat_in_its_scope()
      throws Exception {
    chat("Mara", "a", "aaaa", 1);
    oldChat("Mara", "b", 11);
    chat("Nils", "c", "cccc", 21);
    chat("Nils", "d", "dddd", 31);
    chat("Olga", "e", "eeee", 41);
    chat("Olga", "g", "9999", 61);
    start();
    Map<Map<String, ?>, Map<String, ?>> before = new HashMap<>(offsets);
    List<TurnEvent> first = List.copyOf(log);
    Map<String, CharacterScope> known = new TreeMap<>(characters);
    stop();
    rename("Mara", "Marina");
    chat("Mara", "f", "ffff", 51);
    Files.move(directory("Nils").resolve("c.jsonl"), directory("Olga").resolve("c.jsonl"));
    Files.createDirectories(directory("Pia"));
    Files.move(directory("Olga").resolve("e.jsonl"), directory("Pia").resolve("e.jsonl"));

    try (TaskUnderTest crashing = new TaskUnderTest(root, offsets, Map.of())) {
      crashing.settle();
      Set<Map<String, String>> ends = new HashSet<>();
      for (int crash = 0; crash <= crashing.size(); crash++) {
        offsets.clear();
        offsets.putAll(before);
        crashing.commitFirst(crash);
        log.clear();
        log.addAll(first);
        log.addAll(crashing.events(crash));
        characters.clear();
        characters.putAll(known);
        crashing.applyCharacters(characters, crash);
        start();

        assertThat(scopeOf("aaaa")).as("crash after %d", crash).isEqualTo("Mara");
        assertThat(scopeOf("ffff")).as("crash after %d", crash).isEqualTo("Mara~2");
        assertThat(scopeOf("cccc")).as("crash after %d", crash).isEqualTo("Olga");
        assertThat(scopeOf("dddd")).as("crash after %d", crash).isEqualTo("Nils");
        assertThat(scopeOf("eeee")).as("crash after %d", crash).isEqualTo("Pia");
        assertThat(log.stream().filter(event -> event.op() == Op.UNKNOWN)).isEmpty();
        ends.add(scopes());
        assertThat(names())
            .as("crash after %d", crash)
            .isEqualTo(
                Map.of(
                    "Mara", "Mara~2", "Marina", "Mara", "Nils", "Nils", "Olga", "Olga", "Pia",
                    "Pia"));
      }
      assertThat(ends).hasSize(1);
    }
  }

  @Test
  void a_chat_of_a_state_without_scopes_is_published_in_full() throws Exception {
    chat("Mara", "a", "aaaa", 1);
    start();
    forgetScopes();

    List<TurnEvent> events = start();

    assertThat(events)
        .hasSize(2)
        .allMatch(event -> event.op() == Op.READ)
        .allMatch(event -> event.source().scope().equals("Mara"));
    assertThat(start()).isEmpty();
  }

  /** As an early version left the state. */
  private void forgetScopes() {
    offsets.keySet().removeIf(partition -> "scopes".equals(partition.get("kind")));
    offsets.replaceAll(
        (partition, offset) ->
            "files".equals(partition.get("kind"))
                ? Map.of("value", offset.get("value").toString().replace("\"scope\":\"Mara\",", ""))
                : offset);
  }
}
