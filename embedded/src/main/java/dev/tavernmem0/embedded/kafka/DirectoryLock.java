package dev.tavernmem0.embedded.kafka;

import dev.tavernmem0.embedded.DataDirectoryInUseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An operating system lock on a file beside a directory. Taken before Kafka looks into the
 * directory, because a second broker that starts on it wedges the running one before it fails. The
 * system drops the lock when the process dies; the file stays.
 */
final class DirectoryLock implements AutoCloseable {
  /** An unreachable channel closes its file, and with it the lock: so held locks stay reachable. */
  private static final Set<DirectoryLock> HELD = ConcurrentHashMap.newKeySet();

  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock {@code <directory>.lock}.
   *
   * @throws DataDirectoryInUseException if it is taken, by this process or another
   * @throws UncheckedIOException if the lock file cannot be made or written
   */
  static DirectoryLock take(Path directory) {
    Path file = directory.resolveSibling(directory.getFileName() + ".lock");
    FileChannel channel = null;
    boolean taken = false;
    try {
      Files.createDirectories(file.getParent());
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new DataDirectoryInUseException(directory, null);
      }
      taken = true;
      DirectoryLock held = new DirectoryLock(channel);
      HELD.add(held);
      return held;
    } catch (OverlappingFileLockException e) {
      throw new DataDirectoryInUseException(directory, e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lock data directory " + directory, e);
    } finally {
      if (!taken) {
        closeQuietly(channel);
      }
    }
  }

  @Override
  public void close() {
    HELD.remove(this);
    closeQuietly(channel);
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot release the lock of a data directory", e);
    }
  }
}
