package dev.tavernmem0.watcher.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that would fill the memory, read by a process that has little of it. */
class SmallHeapIT {
  private static final String HEAP = "-Xmx64m";
  private static final int LONGEST_LINE = 2 * 1024 * 1024;
  private static final int LARGEST_FILE = 16 * 1024 * 1024;

  @TempDir private Path directory;
  private Path chats;

  @BeforeEach
  void chats() throws IOException {
    chats = Files.createDirectories(directory.resolve("root/eve/chats/Mara"));
  }

  private void write(String name, String head, String repeated, int times, String tail)
      throws IOException {
    byte[] part = repeated.getBytes(StandardCharsets.ISO_8859_1);
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(chats.resolve(name + ".jsonl")))) {
      out.write(
          ("{\"chat_metadata\":{\"integrity\":\"" + name + "\"}}\n" + head)
              .getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < times; i++) {
        out.write(part);
      }
      out.write(
          (tail + "\n{\"mes\":\"the last line\",\"is_user\":true}")
              .getBytes(StandardCharsets.UTF_8));
    }
  }

  private String watch() throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                WatcherInSmallHeap.class.getName(),
                directory.resolve("root").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  @Test
  void what_would_fill_the_memory_is_refused_and_all_else_is_read() throws Exception {
    write("empty-messages", "", "{\"mes\":\"\"}\n", LARGEST_FILE / 12, "");
    write("too-large", "", "{\"mes\":\"a text\"}\n", LARGEST_FILE / 15, "");
    write("one-huge-line", "{\"mes\":\"", "x", LARGEST_FILE - 1000, "\"}");
    write("no-messages", "", "x\n", LARGEST_FILE / 2 - 1000, "");
    write("blank-lines", "", "\n", LARGEST_FILE - 1000, "");
    write("deep", "{\"mes\":\"x\",\"a\":", "[", LONGEST_LINE - 1000, "");
    write("many-keys", "{\"mes\":\"x\"", ",\"\":0", 400_000, "}");
    write("many-dates", "{\"mes\":\"\",\"swipe_info\":[{}", ",{\"send_date\":1}", 120_000, "]}");
    write("no-UTF-8", "{\"mes\":\"", "\u00ff", LONGEST_LINE - 1000, "\"}");
    write("escapes", "{\"mes\":\"", "\\u0001", LONGEST_LINE / 6 - 1000, "\"}");
    write("zz-good", "", "{\"mes\":\"hello\"}\n", 10, "");

    String output = watch();

    assertThat(output)
        .contains("empty-messages.jsonl: more than 65536 messages", "too-large.jsonl: java.io")
        .doesNotContain("eve:empty-messages", "eve:too-large")
        .contains("eve:one-huge-line 1\n", "eve:no-messages 1\n", "eve:blank-lines 1\n")
        .contains("eve:deep 1\n", "eve:many-keys 2\n", "eve:many-dates 2\n")
        .contains("eve:no-UTF-8 2\n", "eve:escapes 2\n", "eve:zz-good 11\n");
  }
}
