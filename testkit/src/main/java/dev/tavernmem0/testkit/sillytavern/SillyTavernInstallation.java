package dev.tavernmem0.testkit.sillytavern;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The npm package {@code sillytavern} in the user's cache directory, {@code
 * $XDG_CACHE_HOME/tavern-mem0/sillytavern-<version>}; shared by all test runs, installed by the
 * first.
 *
 * @param node the node program
 * @param cache where it is installed
 */
record SillyTavernInstallation(Path node, Path cache) {
  static final String VERSION = "1.19.0";

  private static final long INSTALL_MINUTES = 10;

  /** Why SillyTavern cannot run here; empty if it can. */
  static Optional<String> obstacle() {
    return Stream.of("node", "npm")
        .filter(program -> onPath(program) == null)
        .findFirst()
        .map(
            program ->
                "the real SillyTavern is not tested: "
                    + program
                    + " is not on the PATH (install Node.js 20 or newer with npm)");
  }

  /** The installation; made if there is none, which takes a minute and a network. */
  static SillyTavernInstallation get() {
    Path node = onPath("node");
    Path npm = onPath("npm");
    if (node == null || npm == null) {
      throw new IllegalStateException(obstacle().orElse("node has gone"));
    }
    Path cache = cacheHome().resolve("tavern-mem0").resolve("sillytavern-" + VERSION);
    SillyTavernInstallation installation = new SillyTavernInstallation(node, cache);
    try {
      Files.createDirectories(cache);
      try (FileChannel channel =
              FileChannel.open(
                  cache.resolveSibling(cache.getFileName() + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (lock.isValid() && !Files.exists(installation.server())) {
          installation.install(npm);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the cache directory " + cache, e);
    }
    return installation;
  }

  /** Its entry point. */
  Path server() {
    return cache.resolve("node_modules").resolve("sillytavern").resolve("server.js");
  }

  /** Where the web client is built once for all data roots. */
  Path webpack() {
    return cache.resolve("_webpack");
  }

  private void install(Path npm) throws IOException {
    Path log = cache.resolve("npm-install.log");
    Files.writeString(cache.resolve("package.json"), "{\"private\":true}\n");
    Process process =
        new ProcessBuilder(
                npm.toString(), "install", "--no-audit", "--no-fund", "sillytavern@" + VERSION)
            .directory(cache.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!process.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException(
            "npm could not install sillytavern@" + VERSION + ":\n" + Files.readString(log));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while npm installs", e);
    }
  }

  private static Path cacheHome() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    return xdg == null || xdg.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".cache")
        : Path.of(xdg);
  }

  private static @Nullable Path onPath(String program) {
    String path = System.getenv("PATH");
    return path == null
        ? null
        : Arrays.stream(path.split(File.pathSeparator))
            .map(directory -> Path.of(directory, program))
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
  }
}
