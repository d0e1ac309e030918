package dev.tavernmem0.cli.hook;

import dev.tavernmem0.cli.Resources;
import dev.tavernmem0.cli.UserErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One directory of the hook in SillyTavern. A marker file, the first to come and the last to go,
 * says that this program put it there, so that nothing else is ever replaced or removed, and what a
 * call that broke off left behind can be. An upgrade keeps the user's {@code config.json}.
 */
public final class HookFiles {
  private static final String MARKER = ".installed-by-tavern-mem0";
  private static final String USER_CONFIG = "config.json";

  private final String resources;
  private final Path target;

  /**
   * A directory of the hook.
   *
   * @param resources where its files are in this program
   * @param target where they go
   */
  HookFiles(String resources, Path target) {
    this.resources = resources;
    this.target = target;
  }

  /** What the browser loads. */
  public static HookFiles extension(SillyTavernApp app) {
    return new HookFiles("sillytavern/extension/", app.extension());
  }

  /**
   * The same, for one user only.
   *
   * @param user the user's directory in the data root
   */
  public static HookFiles extensionOf(Path user) {
    return new HookFiles(
        "sillytavern/extension/", user.resolve(Path.of("extensions", "tavern-mem0")));
  }

  /** What SillyTavern's server loads. */
  public static HookFiles plugin(SillyTavernApp app) {
    return new HookFiles("sillytavern/plugin/", app.plugin());
  }

  /** Where they go. */
  public Path target() {
    return target;
  }

  /** Whether something is there, whoever put it there. */
  public boolean areThere() {
    return Files.isDirectory(target);
  }

  /**
   * Whether what is there is what {@link #install} would put there.
   *
   * @throws UserErrorException if it cannot be read
   */
  public boolean areOfThisVersion() {
    try {
      return Resources.areIn(resources, target);
    } catch (IOException e) {
      throw new UserErrorException(target + " cannot be read: " + e, e);
    }
  }

  /**
   * Checks that {@link #install} would replace nothing of somebody else's.
   *
   * @throws UserErrorException if it would
   */
  void requireFree() {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      requireOurs();
    }
  }

  /**
   * Copies the files, in place of those of an earlier version.
   *
   * @throws UserErrorException if something else is there, or it cannot be written
   */
  void install() {
    try {
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        requireOurs();
        removeFiles();
      }
      Files.createDirectories(target);
      Files.writeString(target.resolve(MARKER), "Managed by tavern-mem0 install-hook.\n");
      Resources.copy(resources, target);
    } catch (IOException e) {
      throw new UserErrorException(target + " cannot be written: " + e, e);
    }
  }

  /**
   * Removes what {@link #install} put there.
   *
   * @return whether there was something
   * @throws UserErrorException if something else is there, or it cannot be removed
   */
  boolean uninstall() {
    try {
      if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
      requireOurs();
      removeFiles();
      Files.deleteIfExists(target.resolve(USER_CONFIG));
      Files.delete(target.resolve(MARKER));
      Files.delete(target);
      return true;
    } catch (IOException e) {
      throw new UserErrorException(target + " cannot be removed: " + e, e);
    }
  }

  private void requireOurs() {
    if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)
        || !Files.isRegularFile(target.resolve(MARKER))) {
      throw new UserErrorException(
          target + " was not made by tavern-mem0 install-hook; move it away first");
    }
  }

  private void removeFiles() throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(target)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    Set<Path> kept = Set.of(target, target.resolve(USER_CONFIG), target.resolve(MARKER));
    for (Path path : paths) {
      if (!kept.contains(path)) {
        Files.delete(path);
      }
    }
  }
}
