package dev.tavernmem0.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Chats that went wrong once, in this project or in others of its kind, through the whole pipeline.
 * Each is a user's; all of them are there when the watcher looks for the first time.
 */
class SharedCasesIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String CHAT = "x.jsonl";
  private static final String BEFORE = "wipe-restore/1-before.jsonl";
  private static final String RESTORED = "wipe-restore/3-restored.jsonl";
  private static final String OTHER_INTEGRITY =
      """
      {"chat_metadata":{"integrity":"0f0f0f0f-0000-4000-8000-000000000000"},"user_name":"unused",\
      "character_name":"unused"}
      {"name":"Mara","is_user":false,"is_system":false,"send_date":"2026-01-01T09:00:01.001Z",\
      "mes":"Welcome back.","extra":{}}""";
  private static final List<String> WIPES =
      List.of("a header", "another integrity and a greeting", "another chat's text");

  private static @Nullable World world;

  @BeforeAll
  static void openWorld() {
    world =
        World.open(
            Generation.V2,
            root -> {
              for (String how : WIPES) {
                put(root, wipedUser(how), "Mara", CHAT, given(BEFORE));
                put(root, wipedUser(how), "Mara", "y.jsonl", given("persona-sync/1.jsonl"));
              }
              put(root, "imported-backup", "Mara", CHAT, given(BEFORE));
              for (String name : List.of("EE", "EF", "GM", "HD")) {
                for (String user : List.of(name + "-parent-goes", name + "-branch-goes")) {
                  put(root, user, "Mara", "p.jsonl", given("branches/" + name + "/p.jsonl"));
                  put(
                      root,
                      user,
                      "Mara",
                      branchOf(name),
                      given("branches/" + name + "/" + branchOf(name)));
                }
              }
              put(root, "hidden", "Mara", "p.jsonl", given("hidden-then-branch/p.jsonl"));
              put(
                  root,
                  "hidden",
                  "Mara",
                  "p - Branch #1.jsonl",
                  given("hidden-then-branch/p - Branch #1 (as created).jsonl"));
              put(root, "persona", "Mara", CHAT, given("persona-sync/1.jsonl"));
              put(root, "import", "Mara", CHAT, given("import-to-other-character/Mara/x.jsonl"));
              put(
                  root,
                  "import",
                  "Nils",
                  "Nils - imported.jsonl",
                  given("import-to-other-character/Nils/Nils - imported.jsonl"));
              for (String lines :
                  List.of("think", "think-unclosed", "html", "image", "dates", "SW600", "SW2000")) {
                put(root, lines, "Mara", CHAT, given("lines/" + lines + ".jsonl"));
              }
            });
    world().awaitRest("dates");
  }

  @AfterAll
  static void closeWorld() {
    world().close();
  }

  private static World world() {
    return Objects.requireNonNull(world);
  }

  private static String given(String file) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(SharedCasesIT.class.getResourceAsStream("/cases/" + file), file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void put(Path root, String user, String character, String file, String text)
      throws IOException {
    Path directory = Files.createDirectories(root.resolve(user).resolve("chats/" + character));
    Path saving = directory.resolve(file + ".1");
    Files.writeString(saving, text);
    Files.move(
        saving,
        directory.resolve(file),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static void put(String user, String file, String text) throws IOException {
    put(world().dataRoot(), user, "Mara", file, text);
  }

  private static void delete(String user, String file) throws IOException {
    Files.delete(world().dataRoot().resolve(user).resolve("chats/Mara").resolve(file));
  }

  private static String wipedUser(String how) {
    return "wiped-" + WIPES.indexOf(how);
  }

  private static String branchOf(String name) {
    return name.equals("EF") ? "Checkpoint #1 - x.jsonl" : "p - Branch #1.jsonl";
  }

  /** What mem0 holds of Mara. */
  private static List<String> remembered(String user) {
    return world().remembered(user).getOrDefault("Mara", List.of());
  }

  private static List<String> ids(String user) {
    return world().mem0().memories().stream()
        .filter(memory -> user.equals(memory.userId()))
        .map(StoredMemory::id)
        .toList();
  }

  private static long posts(String user) {
    return world().mem0().calls(Calls.add()).stream()
        .filter(call -> call.body().path("user_id").asString("").equals(user))
        .count();
  }

  private static void assertWell(String user) {
    assertThat(MemoryCheck.of(world(), user).problems()).isEmpty();
  }

  /** Facts and replies as the branches' files number them. */
  private static Stream<String> exchanges(String name, int from, int to) {
    return IntStream.range(from, to)
        .boxed()
        .flatMap(
            i ->
                Stream.of(
                    "Alex: %s user fact %d: drawer %d holds item %d.".formatted(name, i, i, 7 * i),
                    "Mara: %s reply %d: noted item %d.".formatted(name, i, 7 * i)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a header", "another integrity and a greeting", "another chat's text"})
  void a_wiped_chat_waits_on_hold_and_is_as_it_was_when_it_is_restored(String how)
      throws IOException {
    String user = wipedUser(how);
    List<String> ids = ids(user);
    assertThat(ids).hasSize(16 + 3);
    assertWell(user);
    long posts = posts(user);

    String wiped =
        switch (how) {
          case "a header" -> given("wipe-restore/2-wiped.jsonl");
          case "another chat's text" -> given("persona-sync/1.jsonl");
          default -> OTHER_INTEGRITY;
        };
    put(user, CHAT, wiped);
    await("a hold").atMost(SOON).until(() -> world().holds() == 1);
    world().awaitRestWithHolds(user);
    assertThat(ids(user)).containsAll(ids);

    put(user, CHAT, given(RESTORED));
    world().awaitRestWithHolds(user);
    assertThat(world().holds()).isZero();
    assertThat(ids(user)).isEqualTo(ids);
    assertThat(posts(user)).isEqualTo(posts);
    assertWell(user);
  }

  @Test
  void a_wiped_chat_that_is_imported_from_its_backup_is_not_written_again() throws IOException {
    List<String> ids = ids("imported-backup");
    assertThat(ids).hasSize(16);
    long posts = posts("imported-backup");
    put("imported-backup", CHAT, given("wipe-restore/2-wiped.jsonl"));
    await("a hold").atMost(SOON).until(() -> world().holds() == 1);

    put("imported-backup", "x imported.jsonl", given(RESTORED));
    world().awaitRestWithHolds("imported-backup");

    assertThat(world().holds()).isZero();
    assertThat(ids("imported-backup")).isEqualTo(ids);
    assertThat(posts("imported-backup")).isEqualTo(posts);
    assertWell("imported-backup");
  }

  @ParameterizedTest
  @CsvSource({"EE, parent", "EE, branch", "EF, parent", "EF, branch"})
  void a_branch_and_its_parent_that_differ_early_are_15_utterances_and_what_one_says_stays(
      String name, String goes) throws IOException {
    String user = name + "-" + goes + "-goes";
    String first = "Alex: EE user fact 0: drawer 0 holds item 0.";
    String edited = "Alex: EE user fact 0, typo fixed: drawer 0 holds item 0.";
    if (name.equals("EF")) {
      first = "Mara: EF reply 0: noted item 0.";
      edited = "Mara: EF reply 0 edited";
    }
    String asInBranch = first;
    List<String> inBranch =
        Stream.concat(
                exchanges(name, 0, 5),
                Stream.of("Alex: " + name + " branch only: plum.", "Mara: plum ok"))
            .toList();
    List<String> inParent =
        Stream.concat(
                exchanges(name, 0, 6).filter(text -> !text.equals(asInBranch)), Stream.of(edited))
            .toList();
    assertThat(remembered(user))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(inBranch.stream(), inParent.stream()).distinct().toList())
        .hasSize(15);
    assertWell(user);
    long posts = posts(user);

    delete(user, goes.equals("parent") ? "p.jsonl" : branchOf(name));
    world().awaitRest(user);

    assertThat(remembered(user))
        .containsExactlyInAnyOrderElementsOf(goes.equals("parent") ? inBranch : inParent);
    assertThat(posts(user)).as("calls").isLessThanOrEqualTo(posts + 3);
    assertWell(user);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GM", "HD"})
  void a_branch_of_a_greeting_with_macros_or_of_hidden_turns_is_12_utterances(String name) {
    String user = name + "-parent-goes";

    assertThat(remembered(user))
        .containsExactlyInAnyOrderElementsOf(exchanges(name, 0, 6).toList())
        .hasSize(12);
    assertWell(user);
  }

  @Test
  void what_is_hidden_in_the_parent_is_remembered_once_the_branch_unhides_it() throws IOException {
    assertThat(remembered("hidden"))
        .containsExactlyInAnyOrderElementsOf(exchanges("HD2", 3, 4).toList());

    put(
        "hidden",
        "p - Branch #1.jsonl",
        given("hidden-then-branch/p - Branch #1 (unhidden).jsonl"));
    world().awaitRest("hidden");

    assertThat(remembered("hidden"))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(exchanges("HD2", 0, 4), Stream.of("Alex: branch goes on")).toList())
        .hasSize(9);
    assertWell("hidden");
  }

  @Test
  void a_user_who_gives_the_lines_to_another_persona_is_remembered_by_that_name()
      throws IOException {
    assertThat(remembered("persona")).contains("Alex: I am allergic to walnuts.");

    put("persona", CHAT, given("persona-sync/2.jsonl"));
    world().awaitRest("persona");

    assertThat(remembered("persona"))
        .containsExactlyInAnyOrder(
            "Beatriz: I am allergic to walnuts.", "Mara: Careful then.", "Beatriz: Right.");
    assertWell("persona");
  }

  @Test
  void a_chat_that_is_imported_for_another_character_is_remembered_there_too() {
    List<String> six = exchanges("X2", 0, 3).toList();
    Map<String, List<String>> remembered = world().remembered("import");

    assertThat(remembered).containsOnlyKeys("Mara", "Nils");
    assertThat(remembered.get("Mara")).containsExactlyInAnyOrderElementsOf(six);
    assertThat(remembered.get("Nils")).containsExactlyInAnyOrderElementsOf(six);
    assertWell("import");
  }

  static Object[][] lines() {
    return new Object[][] {
      {
        "think",
        List.of(
            "Alex: Are you there?",
            "Alex: Good night.",
            "Alex: My sister Joana moved to Porto.",
            "Alex: She works at the aquarium there.",
            "Mara: Porto is lovely in spring.")
      },
      {
        "think-unclosed",
        List.of("Alex: Thanks.", "Alex: Where is the map?", "Mara: The map is under the rug.")
      },
      {
        "html",
        List.of(
            "Alex: I will be there.",
            "Alex: When does the ship leave?",
            "Mara: *Mara wipes the glass.* \"The **Gannet** sails at dawn.\"")
      },
      {
        "image",
        List.of(
            "Alex: In Cascais, last June.",
            "Alex: Nice scarf.",
            "Mara: A lighthouse! Where was that?")
      }
    };
  }

  @ParameterizedTest
  @MethodSource("lines")
  void only_what_was_said_is_remembered(String lines, List<String> said) {
    assertThat(remembered(lines)).isEqualTo(said);
  }

  @Test
  void a_line_of_which_nothing_is_left_has_a_fate_that_says_so() {
    List<String> reasons =
        world().writtenChats("think").get(0).turns().stream()
            .filter(turn -> turn.fate().equals("skipped"))
            .map(WrittenChat.WrittenTurn::reason)
            .toList();

    assertThat(reasons).containsExactlyInAnyOrder("greeting", "reasoning only", "empty");
    assertThat(world().writtenChats("image").get(0).turns())
        .extracting(WrittenChat.WrittenTurn::reason)
        .contains("image only");
  }

  @Test
  void every_date_that_can_be_told_is_one_and_no_turn_is_lost_for_its_date() {
    List<Turn> turns = world().log().chats("dates").values().iterator().next();
    Instant toTheMinute = Instant.parse("2023-11-14T22:13:00Z");
    Instant toTheSecond = Instant.parse("2023-11-14T22:13:20Z");

    assertThat(turns.subList(1, 11).stream().map(Turn::sentAt).map(SharedCasesIT::toTheSecond))
        .containsExactly(
            toTheSecond,
            toTheSecond,
            toTheSecond,
            toTheSecond,
            toTheSecond,
            toTheMinute,
            toTheMinute,
            toTheMinute,
            toTheSecond,
            toTheMinute);
    assertThat(turns.subList(11, 22)).extracting(Turn::sentAt).containsOnlyNulls();
    assertThat(remembered("dates")).hasSize(23);
  }

  private static @Nullable Instant toTheSecond(@Nullable Instant instant) {
    return instant == null ? null : Instant.ofEpochSecond(instant.getEpochSecond());
  }

  @Test
  void a_fact_at_the_end_of_a_long_reply_is_in_its_memory() {
    assertThat(remembered("SW600"))
        .anyMatch(text -> text.endsWith("My brother is called Anselmo and he builds cellos."))
        .anyMatch(text -> text.endsWith("The vault combination is 73-15-88."))
        .anyMatch(text -> text.endsWith("She is deadly afraid of bees."));
    assertThat(remembered("SW600")).hasSize(9);
    assertThat(remembered("SW2000")).hasSize(9);
  }
}
