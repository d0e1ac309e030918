package dev.tavernmem0.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A chat that is saved again and again with one more line, as SillyTavern does: whole, to a
 * temporary file beside it, forced to the disk, renamed. Not thread-safe.
 */
final class SavedChat {
  private final Path file;
  private byte[] content;
  private int saves;

  /** A chat that is there already. */
  static SavedChat at(Path file) throws IOException {
    return new SavedChat(file, Files.readAllBytes(file));
  }

  /** A chat that is written now. */
  static SavedChat write(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    return new SavedChat(file, content);
  }

  private SavedChat(Path file, byte[] content) {
    this.file = file;
    this.content = content;
  }

  Path file() {
    return file;
  }

  /**
   * Saves it.
   *
   * @return {@link System#nanoTime()} just before the file got its name
   */
  long append(byte[] line) throws IOException {
    int size = content.length;
    content = Arrays.copyOf(content, size + line.length);
    System.arraycopy(line, 0, content, size, line.length);
    Path temporary = file.resolveSibling(file.getFileName() + "." + ++saves);
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    long saved = System.nanoTime();
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    return saved;
  }
}
