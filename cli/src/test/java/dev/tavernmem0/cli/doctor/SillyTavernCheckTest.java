package dev.tavernmem0.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.cli.operate.Messages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SillyTavernCheckTest {
  @TempDir private Path home;
  private Path data;
  private Path samples;

  @BeforeEach
  void chats() throws IOException {
    data = root("SillyTavern/data");
    samples = root("run/sample-chats");
  }

  private Path root(String name) throws IOException {
    Path root = home.resolve(name);
    Path mara = Files.createDirectories(root.resolve("default-user/chats/Mara"));
    Files.createDirectories(root.resolve("default-user/group chats"));
    Files.writeString(mara.resolve("Mara - 2026-01-01.jsonl"), "{}\n");
    Files.writeString(root.resolve("default-user/group chats/2026.jsonl"), "{}\n");
    return root;
  }

  private List<Finding> found(@Nullable Path given, @Nullable Path watched) {
    return new SillyTavernCheck(given, watched, samples, Messages.in(Locale.ENGLISH)).findings();
  }

  private Finding folder(@Nullable Path given, @Nullable Path watched) {
    return found(given, watched).get(0);
  }

  private Finding watched(@Nullable Path given, @Nullable Path watched) {
    return found(given, watched).get(1);
  }

  @Test
  void nobody_says_where_it_is() {
    assertThat(folder(null, null).result()).isEqualTo(Result.NOT_CHECKED);
    assertThat(folder(null, null).mend()).contains("tavern-mem0 doctor --sillytavern");
    assertThat(watched(null, null).result()).isEqualTo(Result.NOT_CHECKED);
  }

  @Test
  void what_a_watcher_in_a_container_watches_cannot_be_seen() {
    Path inContainer = Path.of("/no/such/place");

    assertThat(folder(null, inContainer).result()).isEqualTo(Result.NOT_CHECKED);
    assertThat(folder(data, inContainer).result()).isEqualTo(Result.OK);
    assertThat(watched(data, inContainer).result()).isEqualTo(Result.NOT_CHECKED);
    assertThat(watched(data, inContainer).mend()).contains(data.toString());
  }

  @Test
  void a_folder_that_is_none_is_a_problem_that_says_what_it_is() {
    Finding missing = folder(home.resolve("nowhere"), data);
    Finding program = folder(data.getParent(), data);

    assertThat(missing.result()).isEqualTo(Result.PROBLEM);
    assertThat(missing.text()).contains("no such directory");
    assertThat(program.text()).contains("give its data root: " + data);
    assertThat(program.mend()).contains("default-user");
  }

  @Test
  void a_folder_that_the_watcher_says_it_watches_and_that_has_no_users_is_a_problem()
      throws IOException {
    assertThat(folder(null, Files.createDirectory(home.resolve("empty"))).result())
        .isEqualTo(Result.PROBLEM);
  }

  @Test
  void a_folder_without_chats_is_a_warning() throws IOException {
    Path empty = home.resolve("new/data");
    Files.createDirectories(empty.resolve("default-user/chats"));

    assertThat(folder(empty, null).result()).isEqualTo(Result.WARNING);
  }

  @Test
  void another_folder_than_the_watched_one_is_a_problem() throws IOException {
    Path other = root("other/data");

    Finding finding = watched(data, other);

    assertThat(finding.result()).isEqualTo(Result.PROBLEM);
    assertThat(finding.text()).contains("watches " + other + ", not " + data);
    assertThat(finding.mend()).contains("tavern-mem0 run --sillytavern '" + data + "'");
  }

  @Test
  void the_sample_chats_are_not_the_users() {
    assertThat(watched(null, samples).result()).isEqualTo(Result.WARNING);
    assertThat(watched(samples, samples).mend()).contains("tavern-mem0 run --sillytavern 'PATH'");
    assertThat(watched(data, samples).result()).isEqualTo(Result.PROBLEM);
    assertThat(watched(data, samples).mend()).contains("--sillytavern '" + data + "'");
  }

  @Test
  void the_watched_folder_is_compared_by_what_it_is_not_by_its_name() throws IOException {
    Path link = Files.createSymbolicLink(home.resolve("link"), data);

    assertThat(watched(link, data).result()).isEqualTo(Result.OK);
    assertThat(watched(null, data).result()).isEqualTo(Result.OK);
  }

  @Test
  void chats_and_group_chats_are_counted() {
    assertThat(folder(data, null).text()).contains("2 chats of default-user");
  }
}
