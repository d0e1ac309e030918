package dev.tavernmem0.cli.run;

import dev.tavernmem0.cli.UserErrorException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A SillyTavern data root: the directory that holds one directory per user.
 *
 * @param path absolute
 * @param handles the users found in it
 */
public record SillyTavernRoot(Path path, List<String> handles) {
  private static final List<String> CHATS = List.of("chats", "group chats");

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
      requireReadable(users);
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
    requireReadable(directories(path));
    throw new UserErrorException(
        "--sillytavern: "
            + path
            + " is not a SillyTavern data root (no user directory with 'chats' in it)."
            + " The usual one is SillyTavern/data");
  }

  private static List<Path> users(Path root) {
    return directories(root).stream().filter(SillyTavernRoot::isUser).toList();
  }

  private static List<Path> directories(Path root) {
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .filter(entry -> !entry.getFileName().toString().startsWith("_"))
          .filter(Files::isDirectory)
          .sorted()
          .toList();
    } catch (AccessDeniedException e) {
      throw new UserErrorException(
          "--sillytavern: " + root + " cannot be read by this user; check its permissions", e);
    } catch (IOException e) {
      throw new UserErrorException("--sillytavern: " + root + " cannot be read: " + e, e);
    }
  }

  private static void requireReadable(List<Path> users) {
    List<Path> unreadable = new ArrayList<>();
    for (Path user : users) {
      if (isListable(user)) {
        CHATS.forEach(chats -> collectUnreadable(user.resolve(chats), unreadable));
      } else {
        unreadable.add(user);
      }
    }
    if (!unreadable.isEmpty()) {
      throw new UserErrorException(
          "--sillytavern: "
              + unreadable.get(0)
              + (unreadable.size() == 1 ? "" : " and " + (unreadable.size() - 1) + " more")
              + " cannot be read by this user; check the permissions");
    }
  }

  private static void collectUnreadable(Path chats, List<Path> unreadable) {
    SimpleFileVisitor<Path> visitor =
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".jsonl")
                && !Files.isReadable(file)
                && Files.exists(file)) {
              unreadable.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            // Anything else has just vanished: SillyTavern may be at work.
            if (failure instanceof AccessDeniedException) {
              unreadable.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        };
    try {
      Files.walkFileTree(chats, visitor);
    } catch (IOException e) {
      throw new UserErrorException("--sillytavern: " + chats + " cannot be read: " + e, e);
    }
  }

  private static boolean isListable(Path directory) {
    return Files.isReadable(directory) && Files.isExecutable(directory);
  }

  private static boolean isUser(Path directory) {
    return CHATS.stream().anyMatch(chats -> Files.isDirectory(directory.resolve(chats)));
  }
}
