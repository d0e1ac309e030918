package dev.tavernmem0.watcher.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.watcher.chatfile.Line;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chats that went wrong once, in this project or in others of its kind. */
class CasesTest {
  private static final String OTHER_INTEGRITY =
      Line.chat("0f0f0f0f-0000-4000-8000-000000000000", List.of(Line.ai("Welcome back.", 1)));

  @TempDir private Path root;

  private final Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>();
  private final List<TurnEvent> log = new ArrayList<>();
  private TaskUnderTest task;

  @AfterEach
  void stop() {
    task.close();
  }

  private List<TurnEvent> start() throws InterruptedException {
    if (task != null) {
      task.close();
    }
    task = new TaskUnderTest(root, offsets, Map.of());
    return next();
  }

  private List<TurnEvent> next() throws InterruptedException {
    List<TurnEvent> events = task.next();
    log.addAll(events);
    return events;
  }

  private void put(String character, String file, String text) throws IOException {
    Path directory = Files.createDirectories(root.resolve("default-user/chats/" + character));
    Files.writeString(directory.resolve(file), text);
  }

  private void delete(String character, String file) throws IOException {
    Files.delete(root.resolve("default-user/chats").resolve(character).resolve(file));
  }

  private static String given(String file) throws IOException {
    try (InputStream in = CasesTest.class.getResourceAsStream("/cases/" + file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The turns of all chats, in order. */
  private List<Turn> turns() {
    return new FoldedChats(log).turns().values().stream().flatMap(List::stream).toList();
  }

  private Map<String, List<Turn>> chats() {
    return new FoldedChats(log).turns();
  }

  /** What a chat was reduced to. */
  private static String wiped(String how) throws IOException {
    return switch (how) {
      case "a header" -> given("wipe-restore/2-wiped.jsonl");
      case "another integrity and a greeting" -> OTHER_INTEGRITY;
      case "another chat's text" -> given("persona-sync/1.jsonl");
      default -> throw new IllegalArgumentException(how);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "a header, false",
    "a header, true",
    "another integrity and a greeting, false",
    "another integrity and a greeting, true",
    "another chat's text, false",
    "another chat's text, true"
  })
  void a_wiped_chat_that_is_restored_has_its_ids_again(String how, boolean restarted)
      throws Exception {
    put("Mara", "x.jsonl", given("wipe-restore/1-before.jsonl"));
    start();
    Map<String, List<Turn>> before = chats();

    put("Mara", "x.jsonl", wiped(how));
    next();
    assertThat(turns()).extracting(Turn::text).noneMatch(text -> text.startsWith("W16"));
    put("Mara", "x.jsonl", given("wipe-restore/3-restored.jsonl"));
    List<TurnEvent> restored = restarted ? start() : next();

    assertThat(chats()).isEqualTo(before);
    assertThat(restored)
        .filteredOn(event -> event.op() == Op.CREATE)
        .hasSize(17)
        .extracting(event -> event.source().cause())
        .containsOnly(Cause.INSERT);
  }

  @Test
  void a_chat_that_is_restored_as_a_file_of_its_own_is_published_in_full() throws Exception {
    put("Mara", "x.jsonl", given("wipe-restore/1-before.jsonl"));
    start();
    List<String> before = turns().stream().map(Turn::text).toList();

    put("Mara", "x.jsonl", given("wipe-restore/2-wiped.jsonl"));
    next();
    put("Mara", "x imported.jsonl", given("wipe-restore/3-restored.jsonl"));
    next();

    assertThat(turns()).extracting(Turn::text).isEqualTo(before);
  }

  @Test
  void the_lines_of_a_persona_given_to_another_are_those_of_the_other() throws Exception {
    put("Mara", "x.jsonl", given("persona-sync/1.jsonl"));
    start();
    List<Turn> before = turns();

    put("Mara", "x.jsonl", given("persona-sync/2.jsonl"));
    List<TurnEvent> events = next();

    assertThat(events)
        .hasSize(2)
        .allSatisfy(
            event -> {
              assertThat(event.op()).isEqualTo(Op.UPDATE);
              assertThat(event.source().cause()).isEqualTo(Cause.SPEAKER);
              assertThat(event.after().role()).isEqualTo(Role.USER);
              assertThat(event.after().name()).isEqualTo("Beatriz");
            });
    assertThat(turns())
        .extracting(Turn::turnId)
        .isEqualTo(before.stream().map(Turn::turnId).toList());
    assertThat(turns()).extracting(Turn::name).doesNotContain("Alex");
  }

  @ParameterizedTest
  @ValueSource(strings = {"EE", "EF", "GM", "HD"})
  void a_chat_and_its_branch_are_both_published_and_what_one_says_stays_when_the_other_goes(
      String name) throws Exception {
    String branch = name.equals("EF") ? "Checkpoint #1 - x.jsonl" : "p - Branch #1.jsonl";
    put("Mara", "p.jsonl", given("branches/" + name + "/p.jsonl"));
    put("Mara", branch, given("branches/" + name + "/" + branch));
    start();
    Map<String, List<Turn>> both = chats();

    assertThat(both).hasSize(2).allSatisfy((chatId, turns) -> assertThat(turns).hasSize(13));
    assertThat(log)
        .allMatch(event -> event.source().cause() == Cause.SNAPSHOT)
        .allMatch(event -> event.source().scope().equals("Mara"));
    assertThat(Set.copyOf(task.partitions())).hasSize(1);

    delete("Mara", "p.jsonl");
    List<TurnEvent> deleted = next();

    assertThat(deleted).hasSize(13).allMatch(event -> event.op() == Op.DELETE);
    assertThat(chats()).hasSize(1);
    assertThat(both).containsAllEntriesOf(chats());
  }

  @Test
  void what_a_branch_inherited_as_hidden_is_unhidden_in_the_branch_alone() throws Exception {
    put("Mara", "p.jsonl", given("hidden-then-branch/p.jsonl"));
    put(
        "Mara",
        "p - Branch #1.jsonl",
        given("hidden-then-branch/p - Branch #1 (as created).jsonl"));
    start();

    put("Mara", "p - Branch #1.jsonl", given("hidden-then-branch/p - Branch #1 (unhidden).jsonl"));
    List<TurnEvent> events = next();

    assertThat(events).extracting(TurnEvent::op).contains(Op.UPDATE);
    assertThat(events)
        .allMatch(event -> event.source().parentChatId() != null)
        .allMatch(event -> !event.after().hidden())
        .filteredOn(event -> event.op() == Op.UPDATE)
        .allMatch(event -> event.source().cause() == Cause.UNHIDE);
  }

  @Test
  void a_chat_imported_for_another_character_is_a_chat_of_that_character() throws Exception {
    put("Mara", "x.jsonl", given("import-to-other-character/Mara/x.jsonl"));
    put(
        "Nils",
        "Nils - imported.jsonl",
        given("import-to-other-character/Nils/Nils - imported.jsonl"));

    List<TurnEvent> events = start();

    assertThat(chats()).hasSize(2).allSatisfy((chatId, turns) -> assertThat(turns).hasSize(7));
    assertThat(events)
        .allSatisfy(
            event ->
                assertThat(event.source().scope())
                    .isIn("Mara", "Nils")
                    .isEqualTo(event.source().character()));
  }
}
