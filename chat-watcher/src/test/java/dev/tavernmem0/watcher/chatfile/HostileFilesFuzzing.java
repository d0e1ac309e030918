package dev.tavernmem0.watcher.chatfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Jazzer, guided by coverage, in search of a file that breaks {@link ChatFileInvariants}. Run by
 * hand, for {@code -Dfuzz.minutes}; what it says, finds and learns is in {@code target/fuzz}.
 */
class HostileFilesFuzzing {
  private static final Path DIRECTORY = Path.of("target", "fuzz");

  @Test
  void no_file_breaks_the_reader() throws IOException, InterruptedException {
    long seconds = Math.round(60 * Double.parseDouble(System.getProperty("fuzz.minutes")));
    Path corpus = Files.createDirectories(DIRECTORY.resolve("corpus"));
    seed(corpus);

    Process jazzer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + ChatFileInvariants.class.getName(),
                "--instrumentation_includes=dev.tavernmem0.watcher.chatfile.**:tools.jackson.core.**",
                // Its own detectors look for injections, which are none of a parser's business.
                "--custom_hook_includes=dev.tavernmem0.**",
                "--reproducer_path=" + DIRECTORY,
                "-artifact_prefix=" + DIRECTORY + "/",
                "-max_total_time=" + seconds,
                "-max_len=8192",
                corpus.toString())
            .redirectErrorStream(true)
            .redirectOutput(DIRECTORY.resolve("jazzer.log").toFile())
            .start();

    assertThat(jazzer.waitFor()).as("what it found is in %s", DIRECTORY).isZero();
  }

  private static void seed(Path corpus) throws IOException {
    try (var dates = HostileFilesFuzzing.class.getResourceAsStream("/cases/lines/dates.jsonl")) {
      Files.write(corpus.resolve("seed-dates"), dates.readAllBytes());
    }
    List<Line> chat = List.of(Line.user("你好\u2028🐈", 1), Line.ai("one", 2).swiped("two", 3));
    write(corpus, "seed-chat", Line.chat("test", chat));
    write(
        corpus, "seed-old-windows-file", "\uFEFF" + Line.chat("t", chat).replace("\n", "\r\n\r\n"));
    int number = 0;
    for (String line : HostileLines.STOPPERS) {
      write(corpus, "seed-stopper-" + number++, line);
    }
    for (String value : HostileLines.VALUES) {
      for (String field : List.of("is_user", "send_date", "extra", "swipe_info")) {
        if (value.length() < 1000) {
          write(corpus, "seed-" + number++, "{\"mes\":\"x\",\"" + field + "\":" + value + "}");
        }
      }
    }
  }

  private static void write(Path corpus, String name, String text) throws IOException {
    Files.write(corpus.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }
}
