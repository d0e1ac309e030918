package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleChatsTest {
  private static final Path SAMPLES = Path.of("..", "samples", "sillytavern-data");

  @TempDir Path directory;

  @Test
  void every_file_is_copied_byte_by_byte_whatever_its_name() throws IOException {
    Path target = SampleChats.copyTo(directory.resolve("new").resolve("sample-chats"));

    List<Path> expected = files(SAMPLES);
    assertThat(files(target)).isEqualTo(expected);
    assertThat(expected).anyMatch(file -> file.toString().contains("林晚"));
    assertThat(expected).anyMatch(file -> file.toString().contains("Branch #1"));
    for (Path file : expected) {
      assertThat(target.resolve(file)).hasSameBinaryContentAs(SAMPLES.resolve(file));
    }
  }

  @Test
  void nothing_but_the_copy_is_left_behind() throws IOException {
    SampleChats.copyTo(directory.resolve("sample-chats"));

    try (Stream<Path> entries = Files.list(directory)) {
      assertThat(entries).containsExactly(directory.resolve("sample-chats"));
    }
  }

  @Test
  void what_the_user_made_of_them_stays() throws IOException {
    Path target = SampleChats.copyTo(directory.resolve("sample-chats"));
    Path chat =
        target.resolve(
            files(target).stream()
                .filter(file -> file.toString().contains("林晚 - "))
                .findFirst()
                .orElseThrow());
    Files.writeString(chat, "changed");

    SampleChats.copyTo(target);

    assertThat(chat).hasContent("changed");
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).map(root::relativize).sorted().toList();
    }
  }
}
