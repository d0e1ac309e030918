package dev.tavernmem0.cli.hook;

import dev.tavernmem0.cli.UserErrorException;
import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * SillyTavern's program directory.
 *
 * @param path absolute
 * @param version as its {@code package.json} says
 */
public record SillyTavernApp(Path path, String version) {
  private static final int MIN_MAJOR = 1;
  private static final int MIN_MINOR = 14;

  /**
   * Looks whether a directory is one, of a version that the hook works with.
   *
   * @throws UserErrorException if not
   */
  public static SillyTavernApp of(Path given) {
    Path path = given.toAbsolutePath().normalize();
    Path manifest = path.resolve("package.json");
    if (!Files.isDirectory(path)) {
      throw new UserErrorException("--sillytavern-app: no such directory: " + path);
    }
    if (!Files.isRegularFile(manifest) || !Files.isRegularFile(path.resolve("server.js"))) {
      throw new UserErrorException(
          "--sillytavern-app: "
              + path
              + " is not SillyTavern's program directory (the one with server.js)");
    }
    try {
      JsonNode json = Json.MAPPER.readTree(Files.readAllBytes(manifest));
      String version = json.path("version").asString("");
      if (!json.path("name").asString("").equals("sillytavern")) {
        throw new UserErrorException(
            "--sillytavern-app: " + manifest + " is not SillyTavern's; give its program directory");
      }
      if (isTooOld(version)) {
        throw new UserErrorException(
            "--sillytavern-app: SillyTavern "
                + version
                + " is too old; the hook needs "
                + MIN_MAJOR
                + "."
                + MIN_MINOR
                + " or newer");
      }
      return new SillyTavernApp(path, version);
    } catch (IOException | JacksonException e) {
      throw new UserErrorException("--sillytavern-app: " + manifest + " cannot be read", e);
    }
  }

  Path extension() {
    return path.resolve(Path.of("public", "scripts", "extensions", "third-party", "tavern-mem0"));
  }

  Path plugin() {
    return path.resolve(Path.of("plugins", "tavern-mem0"));
  }

  /** Its settings, which it makes when it first starts. */
  public Path config() {
    return path.resolve("config.yaml");
  }

  /** Whether {@code config.yaml} switches server plugins on; a file that is not there does not. */
  public boolean pluginsEnabled() {
    try {
      return Files.isRegularFile(config())
          && Files.readAllLines(config()).stream()
              .anyMatch(line -> line.matches("enableServerPlugins:\\s*true\\s*(#.*)?"));
    } catch (IOException e) {
      throw new UserErrorException(config() + " cannot be read: " + e, e);
    }
  }

  private static boolean isTooOld(String version) {
    String[] parts = version.split("[.\\-]");
    try {
      int major = Integer.parseInt(parts[0]);
      int minor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
      return major < MIN_MAJOR || (major == MIN_MAJOR && minor < MIN_MINOR);
    } catch (NumberFormatException e) {
      throw new UserErrorException(
          "--sillytavern-app: its package.json names no version: '" + version + "'", e);
    }
  }
}
