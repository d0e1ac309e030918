package dev.tavernmem0.cli.run;

import dev.tavernmem0.cli.UserErrorException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that {@code run} keeps: the broker's log, the memory server's index, log files. Locked
 * while open, so that two runs cannot share it, and readable by its owner only.
 */
public final class DataDirectory implements AutoCloseable {
  private static final long MEGABYTE = 1024 * 1024;

  /** Bytes that have to be free for {@code run} to start. */
  public static final long LEAST_ROOM = 100 * MEGABYTE;

  /** What the directory with the sample chats is called in it. */
  public static final String SAMPLES = "sample-chats";

  private static final String KEY_FILE = "memory-server.key";
  private static final int KEY_BYTES = 32;

  private final Path path;
  private final FileChannel lockFile;
  private final FileLock lock;
  private final String memoryServerKey;

  private DataDirectory(Path path, FileChannel lockFile, FileLock lock, String memoryServerKey) {
    this.path = path;
    this.lockFile = lockFile;
    this.lock = lock;
    this.memoryServerKey = memoryServerKey;
  }

  /** The default: the platform's place for a user's application data. */
  static Path defaultPath() {
    String windows = System.getenv("LOCALAPPDATA");
    if (windows != null && !windows.isBlank()) {
      return Path.of(windows, "tavern-mem0");
    }
    String xdg = System.getenv("XDG_DATA_HOME");
    Path base =
        xdg == null || xdg.isBlank()
            ? Path.of(System.getProperty("user.home"), ".local", "share")
            : Path.of(xdg);
    return base.resolve("tavern-mem0");
  }

  /** The one that the environment names, or the default. */
  public static Path path(Map<String, String> environment) {
    String directory = environment.getOrDefault("TAVERN_DATA_DIR", "");
    return directory.isBlank() ? defaultPath() : Path.of(directory);
  }

  /**
   * Creates the directory if it is missing and locks it.
   *
   * @throws UserErrorException if it is in use or cannot be written
   */
  static DataDirectory open(Path given) {
    Path path = given.toAbsolutePath().normalize();
    FileChannel channel;
    try {
      Files.createDirectories(path);
      channel =
          FileChannel.open(
              path.resolve("run.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UserErrorException("--data-dir: " + path + " cannot be written: " + reason(e), e);
    }
    FileLock lock = tryLock(channel);
    if (lock == null) {
      closeQuietly(channel, path);
      throw new UserErrorException(
          "--data-dir: "
              + path
              + " is in use by another tavern-mem0; stop that one or give another directory");
    }
    try {
      OwnerOnly.tighten(path);
      String key = randomKey();
      OwnerOnly.write(path.resolve(KEY_FILE), key);
      return new DataDirectory(path, channel, lock, key);
    } catch (IOException e) {
      closeQuietly(channel, path);
      throw new UserErrorException("--data-dir: " + path + " cannot be written: " + reason(e), e);
    }
  }

  private static String randomKey() {
    byte[] bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static String reason(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "it is not a directory";
    }
    return failure instanceof FileSystemException system && system.getReason() != null
        ? system.getReason()
        : String.valueOf(failure.getMessage());
  }

  private static @Nullable FileLock tryLock(FileChannel channel) {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    } catch (IOException e) {
      throw new UserErrorException("--data-dir: its lock file cannot be locked: " + e, e);
    }
  }

  private static void closeQuietly(FileChannel channel, Path path) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UserErrorException("--data-dir: " + path + " cannot be closed: " + e, e);
    }
  }

  /**
   * Refuses a disk that is nearly full: a broker that runs out of room ends the process.
   *
   * @throws UserErrorException if less than {@value #LEAST_ROOM} bytes are free
   */
  void requireRoom() {
    try {
      long free = Files.getFileStore(path).getUsableSpace();
      if (free < LEAST_ROOM) {
        throw new UserErrorException(
            "--data-dir: only %d MB are free in %s; %d are needed to start"
                .formatted(free / MEGABYTE, path, LEAST_ROOM / MEGABYTE));
      }
    } catch (IOException e) {
      throw new UserErrorException("--data-dir: " + path + " cannot be read: " + reason(e), e);
    }
  }

  Path path() {
    return path;
  }

  /**
   * The key of the embedded memory server, another at each start. It is in the file {@code
   * memory-server.key} too, for whoever wants to look at the server.
   */
  String memoryServerKey() {
    return memoryServerKey;
  }

  Path broker() {
    return path.resolve("kafka");
  }

  Path memories() {
    return path.resolve("memories");
  }

  Path logFile() {
    return path.resolve("logs").resolve("tavern-mem0.log");
  }

  Path samples() {
    return path.resolve(SAMPLES);
  }

  @Override
  public void close() throws IOException {
    lock.release();
    lockFile.close();
  }
}
