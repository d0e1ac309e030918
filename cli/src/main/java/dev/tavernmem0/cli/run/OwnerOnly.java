package dev.tavernmem0.cli.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Files that their owner alone can read. Where a file system has no such permissions (Windows), the
 * user's own directories are private already.
 */
public final class OwnerOnly {
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

  private OwnerOnly() {}

  /** Takes a directory and everything below it from everybody else; follows no links. */
  static void tighten(Path directory) throws IOException {
    if (!hasPermissions(directory)) {
      return;
    }
    // Itself first: nobody else gets below it while that is being tightened.
    set(directory);
    try (Stream<Path> below = Files.walk(directory)) {
      below.forEach(OwnerOnly::setOrIgnoreVanished);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Whether nobody but its owner is let at a file or into a directory. */
  public static boolean isPrivate(Path path) throws IOException {
    return !hasPermissions(path) || DIRECTORY.containsAll(Files.getPosixFilePermissions(path));
  }

  /**
   * Writes a file that was never readable by others, not even for a moment; it is on the disk
   * before it takes another one's place.
   */
  static void write(Path file, String text) throws IOException {
    Path directory = file.getParent();
    Path temporary = Files.createTempFile(directory, file.getFileName().toString(), ".tmp");
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void setOrIgnoreVanished(Path path) {
    try {
      set(path);
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void set(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      return;
    }
    boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    Files.setPosixFilePermissions(path, directory ? DIRECTORY : FILE);
  }

  private static boolean hasPermissions(Path path) {
    return Files.getFileAttributeView(path, PosixFileAttributeView.class) != null;
  }
}
