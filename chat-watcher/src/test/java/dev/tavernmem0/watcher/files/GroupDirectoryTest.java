package dev.tavernmem0.watcher.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.watcher.MutableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupDirectoryTest {
  private static final Duration FRESH = Duration.ofMillis(200);

  @TempDir private Path root;
  private Path directory;
  private final MutableClock clock = new MutableClock(Instant.ofEpochMilli(1_000_000));

  @BeforeEach
  void directory() throws IOException {
    directory = Files.createDirectories(root.resolve("groups"));
  }

  private GroupDirectory groups(int maxChats) {
    return new GroupDirectory(directory, clock, FRESH, maxChats);
  }

  private GroupDirectory groups() {
    return groups(1_000_000);
  }

  private void write(String file, String json) throws IOException {
    Files.writeString(directory.resolve(file), json);
  }

  private static String group(String id, String... chats) {
    return "{\"id\":\"%s\",\"name\":\"The %s\",\"members\":[\"Mara.png\",\"Teo.png\"],\"chats\":[%s]}"
        .formatted(
            id,
            id,
            List.of(chats).stream().map(c -> '"' + c + '"').collect(Collectors.joining(",")));
  }

  private void later() {
    clock.set(clock.millis() + FRESH.toMillis());
  }

  @Test
  void a_chat_belongs_to_the_group_that_lists_it_or_has_it_open() throws IOException {
    write("1.json", group("1", "a", "b"));
    write("2.json", "{\"id\":\"2\",\"chat_id\":\"c\",\"members\":[]}");
    GroupDirectory groups = groups();

    assertThat(groups.ownerOf("b")).contains(new Group("1", "The 1", List.of("Mara", "Teo")));
    assertThat(groups.ownerOf("c")).contains(new Group("2", "2", List.of()));
    assertThat(groups.ownerOf("d")).isEmpty();
  }

  @Test
  void the_directory_is_listed_at_an_interval_however_many_chats_are_asked_for()
      throws IOException {
    write("1.json", group("1", "a"));
    GroupDirectory groups = groups();
    assertThat(groups.ownerOf("a")).isPresent();

    write("1.json", group("1", "a", "new"));
    assertThat(groups.ownerOf("new")).isEmpty();
    later();
    assertThat(groups.ownerOf("new")).isPresent();

    Files.delete(directory.resolve("1.json"));
    assertThat(groups.ownerOf("a")).isPresent();
    later();
    assertThat(groups.ownerOf("a")).isEmpty();
  }

  @Test
  void a_clock_that_is_set_back_stops_nothing() throws IOException {
    GroupDirectory groups = groups();
    assertThat(groups.ownerOf("a")).isEmpty();

    write("1.json", group("1", "a"));
    clock.set(5);

    assertThat(groups.ownerOf("a")).isPresent();
  }

  @Test
  void of_two_groups_that_claim_a_chat_the_older_has_it() throws IOException {
    write("1700000000002.json", group("younger", "a"));
    write("1700000000001.json", group("older", "a"));

    assertThat(groups().ownerOf("a")).map(Group::id).contains("older");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{\"chats\":[\"a\"]}{}",
        "{\"id\":",
        "{\"chats\":[\"a\",",
        "\u0000\u0000\u0000",
      })
  void a_file_that_is_no_group_harms_no_other_and_is_tried_again_when_it_changed(String text)
      throws IOException {
    write("1.json", text);
    write("2.json", group("2", "b"));
    GroupDirectory groups = groups();

    assertThat(groups.ownerOf("b")).isPresent();
    assertThat(groups.problems()).containsOnlyKeys("1.json");
    write("1.json", group("1", "a"));
    later();

    assertThat(groups.ownerOf("a")).isPresent();
    assertThat(groups.problems()).isEmpty();
  }

  @Test
  void nesting_without_end_is_that_files_fault() throws IOException {
    write("1.json", "{\"a\":" + "[".repeat(GroupFile.MAX_BYTES - 100));
    write("2.json", group("2", "b"));
    GroupDirectory groups = groups();

    assertThat(groups.ownerOf("b")).isPresent();
    assertThat(groups.problems()).containsOnlyKeys("1.json");
  }

  @Test
  void a_file_that_is_too_large_is_not_parsed() throws IOException {
    write("1.json", group("1", "a") + " ".repeat(GroupFile.MAX_BYTES));
    write("2.json", group("2", "b"));
    GroupDirectory groups = groups();

    assertThat(groups.ownerOf("a")).isEmpty();
    assertThat(groups.ownerOf("b")).isPresent();
    assertThat(groups.problems().get("1.json")).contains("bytes");
  }

  @Test
  void a_group_of_many_chats_is_read_unless_the_memory_is_too_small() throws IOException {
    String[] many = IntStream.range(0, 100_000).mapToObj(i -> "chat " + i).toArray(String[]::new);
    write("1.json", group("1", many));
    write("2.json", group("2", "b"));

    assertThat(groups(100_001).ownerOf("chat 99999")).isPresent();
    assertThat(groups(100_001).ownerOf("b")).isPresent();
    GroupDirectory small = groups(99_999);
    assertThat(small.ownerOf("chat 1")).isEmpty();
    assertThat(small.ownerOf("b")).isPresent();
    assertThat(small.problems().get("1.json")).contains("99999 chats");
  }

  @Test
  void more_members_than_a_group_has_are_refused_since_they_are_in_each_event() throws IOException {
    write("1.json", "{\"chats\":[\"a\"],\"members\":[" + "\"x\",".repeat(1000) + "\"x\"]}");
    GroupDirectory groups = groups();

    assertThat(groups.ownerOf("a")).isEmpty();
    assertThat(groups.problems().get("1.json")).contains("members");
  }

  @Test
  void fields_of_other_types_do_no_harm() throws IOException {
    write(
        "1.json",
        """
        {"id":17,"name":{"x":[]},"members":["Mara.png",null,{"a":1},[1],7,"","a\\ud800.png"],
         "chats":["a",null,{},[["b"]],1e99999999999],"chat_id":[],"past_metadata":{"a":{"b":[]}}}""");

    assertThat(groups().ownerOf("a")).contains(new Group("17", "17", List.of("Mara", "7", "a?")));
  }

  @Test
  void names_that_are_no_file_names_are_none_and_a_long_title_is_cut() throws IOException {
    String tooLong = "x".repeat(256);
    write(
        "1.json",
        "{\"id\":\"%s\",\"name\":\"%s\",\"chats\":[\"a\",\"%s\"]}"
            .formatted(tooLong, "n".repeat(5000), tooLong));

    Group group = groups().ownerOf("a").orElseThrow();

    assertThat(group.id()).isEqualTo("1");
    assertThat(group.name()).hasSize(1000);
    assertThat(groups().ownerOf(tooLong)).isEmpty();
  }

  @Test
  void links_are_not_followed(@TempDir Path elsewhere) throws IOException {
    Files.writeString(elsewhere.resolve("1.json"), group("1", "a"));
    Files.createSymbolicLink(directory.resolve("1.json"), elsewhere.resolve("1.json"));
    Path link = Files.createSymbolicLink(root.resolve("linked"), elsewhere);

    assertThat(groups().ownerOf("a")).isEmpty();
    assertThat(new GroupDirectory(link, clock, FRESH).ownerOf("a")).isEmpty();
  }

  @Test
  void without_a_directory_there_are_no_groups() {
    assertThat(new GroupDirectory(root.resolve("none"), clock, FRESH).ownerOf("a")).isEmpty();
  }

  @Test
  void a_directory_that_became_a_link_takes_no_group_with_it(@TempDir Path elsewhere)
      throws IOException {
    write("1.json", group("1", "a"));
    GroupDirectory groups = groups();
    assertThat(groups.ownerOf("a")).isPresent();

    Files.createSymbolicLink(directory, Files.move(directory, elsewhere.resolve("groups")));
    later();

    assertThat(groups.ownerOf("a")).isPresent();
  }

  @Test
  void a_file_that_could_not_be_opened_is_tried_again() throws IOException {
    write("1.json", group("1", "a"));
    assumeFalse(isRoot());
    assertThat(directory.resolve("1.json").toFile().setReadable(false)).isTrue();
    GroupDirectory groups = groups();
    assertThat(groups.ownerOf("a")).isEmpty();
    assertThat(groups.problems()).containsOnlyKeys("1.json");

    assertThat(directory.resolve("1.json").toFile().setReadable(true)).isTrue();
    later();

    assertThat(groups.ownerOf("a")).isPresent();
  }

  /** It may read everything. */
  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
