package dev.tavernmem0.retriever.marker;

import dev.tavernmem0.retriever.prompt.MemoryLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** Reads {@code corpus.txt}. */
final class Corpus {
  private static final Pattern UNICODE = Pattern.compile("\\\\u([0-9A-F]{4})");

  private Corpus() {}

  /**
   * An example.
   *
   * @param memory what mem0 has
   * @param line what goes into the prompt, without the bullet
   */
  record Example(String memory, String line) {
    boolean changes() {
      return !memory.equals(line);
    }
  }

  static List<Example> examples() {
    return text()
        .lines()
        .filter(line -> !line.isBlank())
        .filter(line -> !line.startsWith("#"))
        .map(Corpus::example)
        .toList();
  }

  private static Example example(String line) {
    String[] columns = line.split(" \\| ", -1);
    boolean keep = columns[0].equals("keep") && columns.length == 2;
    if (!keep && !(columns[0].equals("change") && columns.length == 3)) {
      throw new IllegalStateException("not a line of the corpus: " + line);
    }
    Example example = new Example(unescaped(columns[1]), unescaped(columns[keep ? 1 : 2]));
    if (keep == example.changes()) {
      throw new IllegalStateException("says keep or change, but does not: " + line);
    }
    return example;
  }

  private static String unescaped(String text) {
    return UNICODE
        .matcher(text.replace("\\n", "\n").replace("\\r", "\r").replace("\\p", "|"))
        .replaceAll(found -> Character.toString(Integer.parseInt(found.group(1), 16)));
  }

  /** A memory as a line of the prompt, without the bullet. */
  static String line(String memory) {
    String line = MemoryLine.of(memory);
    return line.isEmpty() ? "" : line.substring(MemoryLine.BULLET.length());
  }

  private static String text() {
    try (InputStream resource =
        Objects.requireNonNull(Corpus.class.getResourceAsStream("corpus.txt"))) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
