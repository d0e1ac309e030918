package dev.tavernmem0.testkit.sillytavern;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** How SillyTavern's server writes files. Thread-safe. */
final class ChatFiles {
  private static final int UNSIGNED_SPREAD = 0x9E3779B1;

  private final AtomicInteger writes = new AtomicInteger();
  private final Consumer<Path> partialCopies;

  /**
   * Files of one server.
   *
   * @param partialCopies is told of every copy while only part of it is there, its last line cut
   */
  ChatFiles(Consumer<Path> partialCopies) {
    this.partialCopies = partialCopies;
  }

  /** As {@code write-file-atomic} does: temporary file beside it, fsync, rename over it. */
  void save(Path file, String content) {
    try {
      Path temporary = writeTemporary(file, content);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot save " + file, e);
    }
  }

  /**
   * What a crash between writing and renaming leaves behind.
   *
   * @return the orphaned temporary file
   */
  Path crashDuringSave(Path file, String content) {
    try {
      return writeTemporary(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write beside " + file, e);
    }
  }

  private Path writeTemporary(Path file, String content) throws IOException {
    Files.createDirectories(file.getParent());
    long suffix = Integer.toUnsignedLong(writes.incrementAndGet() * UNSIGNED_SPREAD);
    Path temporary = file.resolveSibling(file.getFileName() + "." + suffix);
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      write(channel, content.getBytes(StandardCharsets.UTF_8));
      channel.force(true);
    }
    return temporary;
  }

  /** As {@code fs.copyFileSync} does: in place, so readers can see part of it. */
  void copy(Path from, Path to) {
    try {
      byte[] content = Files.readAllBytes(from);
      try (FileChannel channel =
          FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        int cut = content.length - Math.min(content.length, 7);
        write(channel, Arrays.copyOf(content, cut));
        partialCopies.accept(to);
        write(channel, Arrays.copyOfRange(content, cut, content.length));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot copy " + from + " to " + to, e);
    }
  }

  void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + file, e);
    }
  }

  String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static void write(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
