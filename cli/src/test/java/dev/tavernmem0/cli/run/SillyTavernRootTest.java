package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.tavernmem0.cli.UserErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SillyTavernRootTest {
  @TempDir Path root;

  @Test
  void its_users_are_the_directories_that_hold_chats() throws IOException {
    Files.createDirectories(root.resolve("default-user").resolve("chats"));
    Files.createDirectories(root.resolve("小舟").resolve("group chats"));
    Files.createDirectories(root.resolve("_storage").resolve("chats"));
    Files.createDirectories(root.resolve("empty"));
    Files.createFile(root.resolve("cookie-secret.txt"));

    assertThat(SillyTavernRoot.of(root).handles()).containsExactly("default-user", "小舟");
  }

  @Test
  void its_path_is_absolute_and_normal() throws IOException {
    Files.createDirectories(root.resolve("default-user").resolve("chats"));

    Path path = SillyTavernRoot.of(root.resolve("default-user").resolve("..")).path();

    assertThat(path).isEqualTo(root.toAbsolutePath());
  }

  @Test
  void a_directory_that_cannot_be_read_is_refused() throws IOException {
    Path closed = Files.createDirectory(root.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(closed), "root reads everything");

    assertThatThrownBy(() -> SillyTavernRoot.of(closed))
        .isInstanceOf(UserErrorException.class)
        .hasMessageContaining("permissions");
  }

  @Test
  void what_cannot_be_read_below_it_is_named() throws IOException {
    Path chats = Files.createDirectories(root.resolve("default-user").resolve("chats"));
    Path open = Files.createDirectory(chats.resolve("Mara"));
    Files.createFile(open.resolve("readable.jsonl"));
    Path file = close(Files.createFile(open.resolve("closed.jsonl")));
    Path directory = close(Files.createDirectory(chats.resolve("Teo")));

    assertThatThrownBy(() -> SillyTavernRoot.of(root))
        .isInstanceOf(UserErrorException.class)
        .hasMessageContaining("and 1 more cannot be read")
        .message()
        .containsAnyOf(file.toString(), directory.toString());
  }

  @Test
  void a_user_that_cannot_be_read_is_named_rather_than_overlooked() throws IOException {
    Path user = close(Files.createDirectories(root.resolve("default-user")));

    assertThatThrownBy(() -> SillyTavernRoot.of(root))
        .isInstanceOf(UserErrorException.class)
        .hasMessageContaining(user.toString())
        .hasMessageContaining("permissions");
  }

  private static Path close(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(path), "root reads everything");
    return path;
  }
}
