package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The lines of a file that {@code export} has written, whatever stands in them: one that is broken,
 * is no UTF-8 or is too long spoils none of the others. Not thread-safe.
 */
final class ExportedLines implements Closeable {
  /** Many times more than a memory is; a batch of thousands of turns still fits. */
  static final int MOST_BYTES = 4 * 1024 * 1024;

  private final InputStream in;
  private int number;

  ExportedLines(Path file) throws IOException {
    this.in = new BufferedInputStream(Files.newInputStream(file));
  }

  /**
   * A line that is not empty.
   *
   * @param number counted from 1, empty ones included
   * @param json null if it cannot be read
   * @param fault why not, as messages name it; empty if it can be read
   */
  record Line(int number, @Nullable JsonNode json, String fault) {}

  /** The next line; empty at the end. */
  Optional<Line> next() throws IOException {
    while (true) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      boolean tooLong = false;
      int each = in.read();
      if (each < 0) {
        return Optional.empty();
      }
      number++;
      while (each >= 0 && each != '\n') {
        if (bytes.size() < MOST_BYTES) {
          bytes.write(each);
        } else {
          tooLong = true;
        }
        each = in.read();
      }
      if (tooLong) {
        return Optional.of(new Line(number, null, "too-long"));
      }
      if (!bytes.toString(StandardCharsets.ISO_8859_1).isBlank()) {
        return Optional.of(line(bytes.toByteArray()));
      }
    }
  }

  private Line line(byte[] bytes) {
    try {
      JsonNode json = Json.MAPPER.readTree(bytes);
      if (json.isObject()) {
        return new Line(number, json, "");
      }
    } catch (JacksonException e) {
      // Falls through: whatever it is, it is no line of ours.
    }
    return new Line(number, null, "no-json");
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
