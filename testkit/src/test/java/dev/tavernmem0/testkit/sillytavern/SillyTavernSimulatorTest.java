package dev.tavernmem0.testkit.sillytavern;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SillyTavernSimulatorTest {
  @TempDir Path root;

  private final List<String> partialCopies = new ArrayList<>();
  private SimulatedUser user;
  private SimulatedCharacter bob;
  private SimulatedCharacter carol;

  @BeforeEach
  void tavern() {
    SimulatedTime time = new SimulatedTime(Instant.parse("2026-11-23T03:30:36.958Z"));
    user =
        SillyTavernSimulator.at(
                root,
                time,
                SillyTavernSimulator.randomIds(7),
                copy -> partialCopies.add(read(copy)))
            .user("default-user");
    bob = user.character("Bob", "Hello {{user}}, I am {{char}}.");
    carol = user.character("Carol", "");
  }

  @Test
  void a_new_chat_is_a_header_and_the_raw_greeting_without_a_newline_at_the_end() {
    SimulatedChat chat = user.newChat(bob);

    assertThat(chat.path().getParent()).isEqualTo(root.resolve("default-user/chats/Bob"));
    assertThat(chat.path().getFileName()).hasToString("Bob - 2026-11-23@03h30m36s960ms.jsonl");
    assertThat(read(chat.path()))
        .isEqualTo(
            "{\"chat_metadata\":{\"integrity\":\"%s\"},\"user_name\":\"unused\",\"character_name\":\"unused\"}\n{\"name\":\"Bob\",\"is_user\":false,\"is_system\":false,\"send_date\":\"2026-11-23T03:30:36.961Z\",\"mes\":\"Hello {{user}}, I am {{char}}.\",\"extra\":{}}"
                .formatted(chat.integrity()));
    assertThat(chat.integrity()).matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab].*");
  }

  @Test
  void a_users_line_is_saved_before_the_reply_and_changed_by_it() {
    SimulatedChat chat = user.newChat(bob);

    chat.send("My name is Eve");
    assertThat(line(chat, 2))
        .isEqualTo(
            "{\"name\":\"User\",\"is_user\":true,\"is_system\":false,\"send_date\":\"2026-11-23T03:30:36.963Z\",\"mes\":\"My name is Eve\",\"extra\":{\"isSmallSys\":false},\"force_avatar\":\"/thumbnail?type=persona&file=user-default.png\"}");
    assertThat(line(chat, 1))
        .contains("\"mes\":\"Hello User, I am Bob.\"")
        .contains("\"swipes\":[\"Hello User, I am Bob.\"],\"swipe_id\":0,\"swipe_info\":[{");

    chat.reply("Reply 1");
    assertThat(line(chat, 2)).contains("\"extra\":{\"isSmallSys\":false,\"reasoning\":\"\"}");
    assertThat(line(chat, 3))
        .startsWith("{\"extra\":{\"api\":\"custom\",\"model\":")
        .contains("\"name\":\"Bob\",\"is_user\":false,\"send_date\":\"2026-11-23T03:30:36.965Z\"")
        .contains(",\"swipes\":[\"Reply 1\"],\"swipe_id\":0,\"swipe_info\":[{\"send_date\":")
        .doesNotContain("is_system");
  }

  @Test
  void a_new_swipe_keeps_the_old_one_in_swipe_info_with_its_date() {
    SimulatedChat chat = answered();
    String firstDate = chat.messages().get(2).sendDate();

    chat.swipe("Another");
    assertThat(chat.messages().get(2).text()).isEqualTo("Another");
    assertThat(chat.messages().get(2).sendDate()).isNotEqualTo(firstDate);
    assertThat(chat.messages().get(2).swipes()).isEqualTo(2);
    assertThat(line(chat, 3)).contains("\"swipe_info\":[{\"send_date\":\"" + firstDate + "\"");

    chat.swipeTo(0);
    assertThat(chat.messages().get(2).text()).isEqualTo("Answer");
    assertThat(chat.messages().get(2).sendDate()).isEqualTo(firstDate);
    assertThat(chat.messages().get(2).swipe()).isZero();
    assertThatFileSays(chat);
  }

  @Test
  void editing_keeps_the_date_and_continuing_changes_it() {
    SimulatedChat chat = answered();
    String date = chat.messages().get(2).sendDate();

    chat.edit(2, "Answer!");
    assertThat(chat.messages().get(2).sendDate()).isEqualTo(date);
    assertThat(line(chat, 3)).contains("\"swipes\":[\"Answer!\"]");
    chat.continueReply(" And more.");
    assertThat(chat.messages().get(2).text()).isEqualTo("Answer! And more.");
    assertThat(chat.messages().get(2).sendDate()).isNotEqualTo(date);
    chat.regenerate("Quite different");

    assertThat(chat.messages().get(2).swipes()).isEqualTo(1);
    assertThatFileSays(chat);
  }

  @Test
  void hiding_deleting_cutting_moving_and_inserting_are_whole_file_saves() {
    SimulatedChat chat = answered();
    chat.ask("Second", "Two");
    chat.hide(1, 2);
    assertThat(chat.messages().get(1).hidden()).isTrue();
    chat.unhide(2, 2);
    chat.moveUp(4);
    chat.narrateAt(1, "Meanwhile");
    chat.comment("note to self");
    chat.sendAs(carol, "I was never here");
    chat.sendAt(0, "First of all");
    assertThat(texts(chat))
        .containsExactly(
            "First of all",
            "Hello User, I am Bob.",
            "Meanwhile",
            "Question",
            "Answer",
            "Two",
            "Second",
            "note to self",
            "I was never here");
    assertThat(line(chat, 3)).contains("\"is_system\":\"\"").contains("\"type\":\"narrator\"");
    assertThatFileSays(chat);

    chat.delete(0);
    chat.cut(1, 2);
    chat.deleteFrom(4);

    assertThat(texts(chat)).containsExactly("Hello User, I am Bob.", "Answer", "Two", "Second");
    assertThatFileSays(chat);
  }

  @Test
  void a_save_replaces_the_file_and_leaves_nothing_beside_it() throws IOException {
    SimulatedChat chat = user.newChat(bob);
    Object first = inode(chat.path());

    chat.send("x");

    assertThat(inode(chat.path())).isNotEqualTo(first);
    assertThat(files(chat.path().getParent())).containsExactly(chat.path());
  }

  @Test
  void a_crash_leaves_a_temporary_file_with_digits_at_its_end() throws IOException {
    SimulatedChat chat = user.newChat(bob);
    String before = read(chat.path());

    Path orphan = chat.crashWhileSending("lost");

    assertThat(orphan.getFileName().toString())
        .matches("\\QBob - 2026-11-23@03h30m36s960ms.jsonl\\E\\.\\d+");
    assertThat(read(orphan).lines()).hasSize(3).last().asString().contains("lost");
    assertThat(read(chat.path())).isEqualTo(before);
  }

  @Test
  void the_tab_that_saves_last_wins() {
    SimulatedChat one = answered();
    SimulatedChat other = one.secondTab();

    one.send("written in the first tab");
    other.send("written in the other tab");

    assertThat(read(one.path())).contains("other tab").doesNotContain("first tab");
  }

  @Test
  void renaming_and_importing_copy_in_place_so_that_a_cut_line_is_seen() {
    SimulatedChat chat = answered();
    String content = read(chat.path());
    Path old = chat.path();

    chat.rename("New name");
    SimulatedChat imported = chat.importCopy();

    assertThat(old).doesNotExist();
    assertThat(read(chat.path())).isEqualTo(content);
    assertThat(imported.integrity()).isEqualTo(chat.integrity());
    assertThat(imported.name()).endsWith(" imported");
    assertThat(partialCopies)
        .hasSize(2)
        .allSatisfy(part -> assertThat(content).startsWith(part).isNotEqualTo(part));
  }

  @Test
  void a_branch_has_an_integrity_of_its_own_and_names_its_parent() {
    SimulatedChat chat = answered();

    SimulatedChat branch = chat.branch(1);
    SimulatedChat second = branch.branch(0);
    SimulatedChat checkpoint = chat.checkpoint(1, "Before the storm");

    assertThat(branch.name()).isEqualTo(chat.name() + " - Branch #1");
    assertThat(second.name()).isEqualTo(chat.name() + " - Branch #2");
    assertThat(branch.integrity()).isNotEqualTo(chat.integrity());
    assertThat(read(branch.path())).contains("\"main_chat\":\"" + chat.name() + "\"");
    assertThat(branch.messages()).isEqualTo(chat.messages().subList(0, 2));
    assertThat(checkpoint.messages()).isEqualTo(chat.messages().subList(0, 2));
    assertThat(line(chat, 2)).contains("\"bookmark_link\":\"Before the storm\"");
  }

  @Test
  void a_group_chat_gets_its_integrity_at_the_second_save() {
    SimulatedChat chat = user.group("Band", bob, carol);
    assertThat(line(chat, 0)).startsWith("{\"chat_metadata\":{},");
    assertThat(line(chat, 1)).contains("\"mes\":\"Hello User, I am Bob.\"");

    chat.send("Hi both");
    chat.reply(carol, "Hi");

    assertThat(line(chat, 0)).startsWith("{\"chat_metadata\":{\"integrity\":\"");
    assertThat(chat.messages().get(2).avatar()).isEqualTo("Carol.png");
    assertThat(chat.path().getParent()).isEqualTo(root.resolve("default-user/group chats"));
    assertThat(read(chat.group().path()))
        .contains("    \"members\": [\n        \"Bob.png\",\n        \"Carol.png\"\n    ],")
        .contains("\"disabled_members\": [],");
  }

  @Test
  void a_group_round_is_regenerated_as_a_whole() {
    SimulatedChat chat = user.group("Band", bob, carol);
    chat.send("Hi both");
    chat.reply(carol, "Hi");
    chat.reply(bob, "Hello");

    chat.regenerateRound(new GroupReply(bob, "Hey"), new GroupReply(carol, "Hey you"));

    assertThat(texts(chat)).containsExactly("Hello User, I am Bob.", "Hi both", "Hey", "Hey you");
    assertThatFileSays(chat);
  }

  @Test
  void converting_to_a_group_keeps_integrity_and_dates() {
    SimulatedChat chat = answered();

    SimulatedChat group = chat.convertToGroup();

    assertThat(group.integrity()).isEqualTo(chat.integrity());
    assertThat(group.messages())
        .extracting(ChatMessage::sendDate)
        .isEqualTo(chat.messages().stream().map(ChatMessage::sendDate).toList());
    assertThat(group.messages().get(2).avatar()).isEqualTo("Bob.png");
    assertThatFileSays(group);
  }

  @Test
  void renaming_a_character_moves_its_chats_and_can_rename_the_speaker() {
    SimulatedChat solo = answered();
    SimulatedChat group = user.group("Band", bob, carol);

    SimulatedCharacter robert = user.rename(bob, "Robert", true);

    assertThat(solo.path().getParent()).doesNotExist();
    assertThat(user.open(robert, solo.name()).messages())
        .extracting(ChatMessage::name)
        .containsExactly("Robert", "User", "Robert");
    assertThat(group.secondTab().messages().get(0).avatar()).isEqualTo("Robert.png");
    assertThat(group.group().members()).containsExactly("Robert.png", "Carol.png");
  }

  @Test
  void the_same_actions_give_the_same_bytes(@TempDir Path again) {
    SimulatedUser other = SillyTavernSimulator.at(again).user("default-user");
    SimulatedUser first = SillyTavernSimulator.at(root.resolve("x")).user("default-user");

    for (SimulatedUser one : List.of(other, first)) {
      one.newChat(one.character("Mara", "Hi")).ask("Q \u2028 \ud83d\ude00 / 猫", "A");
    }

    assertThat(contents(again)).isEqualTo(contents(root.resolve("x"))).hasSize(2);
  }

  private SimulatedChat answered() {
    SimulatedChat chat = user.newChat(bob);
    chat.ask("Question", "Answer");
    return chat;
  }

  private void assertThatFileSays(SimulatedChat chat) {
    assertThat(chat.secondTab().messages()).isEqualTo(chat.messages());
  }

  private static List<String> texts(SimulatedChat chat) {
    return chat.messages().stream().map(ChatMessage::text).toList();
  }

  private static String line(SimulatedChat chat, int number) {
    return read(chat.path()).split("\n")[number];
  }

  private static List<String> contents(Path below) {
    return files(below).stream().map(SillyTavernSimulatorTest::readLatin1).toList();
  }

  private static List<Path> files(Path below) {
    try (Stream<Path> files = Files.walk(below)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object inode(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String readLatin1(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
