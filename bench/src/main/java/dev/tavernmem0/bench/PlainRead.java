package dev.tavernmem0.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads files into one reused buffer and looks at nothing. */
final class PlainRead {
  private final byte[] buffer = new byte[256 * 1024];

  /** Returns how many bytes there were. */
  long read(Path file) throws IOException {
    long total = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        total += n;
      }
    }
    return total;
  }
}
