package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class DataDirectoryTest {
  @TempDir private Path parent;

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void a_new_directory_is_its_owners_alone() throws IOException {
    Path path = parent.resolve("data");

    try (DataDirectory data = DataDirectory.open(path)) {
      assertThat(permissions(path)).isEqualTo("rwx------");
      assertThat(permissions(path.resolve("memory-server.key"))).isEqualTo("rw-------");
      assertThat(path.resolve("memory-server.key")).hasContent(data.memoryServerKey());
    }
  }

  @Test
  void what_an_older_version_left_open_is_closed_to_others_but_what_it_links_to_is_not()
      throws IOException {
    Path path = Files.createDirectory(parent.resolve("data"));
    Path elsewhere = Files.writeString(parent.resolve("elsewhere"), "not ours");
    Path log = Files.createDirectory(path.resolve("logs")).resolve("tavern-mem0.log");
    Files.writeString(log, "a log");
    Files.createSymbolicLink(path.resolve("link"), elsewhere);
    for (Path open : new Path[] {path, log.getParent(), log, elsewhere}) {
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    try (DataDirectory data = DataDirectory.open(path)) {
      assertThat(permissions(data.path())).isEqualTo("rwx------");
      assertThat(permissions(log.getParent())).isEqualTo("rwx------");
      assertThat(permissions(log)).isEqualTo("rw-------");
      assertThat(permissions(elsewhere)).isEqualTo("rwxrwxrwx");
    }
  }

  @Test
  void each_start_has_a_key_of_its_own() throws IOException {
    String first;
    try (DataDirectory data = DataDirectory.open(parent)) {
      first = data.memoryServerKey();
    }

    try (DataDirectory data = DataDirectory.open(parent)) {
      assertThat(data.memoryServerKey()).isNotEqualTo(first).hasSize(64);
    }
  }
}
