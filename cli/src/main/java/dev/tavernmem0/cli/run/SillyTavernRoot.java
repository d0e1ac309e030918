package dev.tavernmem0.cli.run;

import dev.tavernmem0.cli.UserErrorException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A SillyTavern data root: the directory that holds one directory per user.
 *
 * @param path absolute
 * @param handles the users found in it
 */
public record SillyTavernRoot(Path path, List<String> handles) {

  /**
   * Looks whether a directory is one.
   *
   * @throws UserErrorException if not, saying what it is instead where that can be told
   */
  public static SillyTavernRoot of(Path given) {
    Path path = given.toAbsolutePath().normalize();
    if (!Files.exists(path)) {
      throw new UserErrorException("--sillytavern: no such directory: " + path);
    }
    if (!Files.isDirectory(path)) {
      throw new UserErrorException("--sillytavern: not a directory: " + path);
    }
    List<Path> users = users(path);
    if (!users.isEmpty()) {
      return new SillyTavernRoot(
          path, users.stream().map(user -> user.getFileName().toString()).toList());
    }
    if (isUser(path) && path.getParent() != null) {
      throw new UserErrorException(
          "--sillytavern: "
              + path
              + " is one user's directory; give the data root above it: "
              + path.getParent());
    }
    Path data = path.resolve("data");
    if (Files.isDirectory(data) && !users(data).isEmpty()) {
      throw new UserErrorException(
          "--sillytavern: " + path + " is SillyTavern's program; give its data root: " + data);
    }
    throw new UserErrorException(
        "--sillytavern: "
            + path
            + " is not a SillyTavern data root (no user directory with 'chats' in it)."
            + " The usual one is SillyTavern/data");
  }

  private static List<Path> users(Path root) {
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .filter(entry -> !entry.getFileName().toString().startsWith("_"))
          .filter(SillyTavernRoot::isUser)
          .sorted()
          .toList();
    } catch (AccessDeniedException e) {
      throw new UserErrorException(
          "--sillytavern: " + root + " cannot be read by this user; check its permissions", e);
    } catch (IOException e) {
      throw new UserErrorException("--sillytavern: " + root + " cannot be read: " + e, e);
    }
  }

  private static boolean isUser(Path directory) {
    return Files.isDirectory(directory.resolve("chats"))
        || Files.isDirectory(directory.resolve("group chats"));
  }
}
