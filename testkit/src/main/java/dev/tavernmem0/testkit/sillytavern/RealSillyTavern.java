package dev.tavernmem0.testkit.sillytavern;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SillyTavern itself, from npm, as a process on a free loopback port. Its first start on a machine
 * builds the web client (about 13 s); later ones take a few seconds.
 */
public final class RealSillyTavern implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RealSillyTavern.class);
  private static final String WEBPACK = "_webpack";
  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  private final Process process;
  private final Path dataRoot;
  private final Path log;
  private final SillyTavernApi api;

  private RealSillyTavern(Process process, Path dataRoot, Path log, int port) {
    this.process = process;
    this.dataRoot = dataRoot;
    this.log = log;
    this.api = new SillyTavernApi(URI.create("http://127.0.0.1:" + port));
  }

  /** Whether there is a node and an npm to run it with. */
  public static boolean isAvailable() {
    return SillyTavernInstallation.obstacle().isEmpty();
  }

  /**
   * Skips the calling test where it is not available. The reason is logged as well: surefire says
   * nothing about a class that is skipped in {@code @BeforeAll}.
   */
  public static void assumeAvailable() {
    SillyTavernInstallation.obstacle()
        .ifPresent(
            obstacle -> {
              LOG.warn(obstacle);
              Assumptions.abort(obstacle);
            });
  }

  /**
   * Starts it and returns when it answers; installs it first if needed.
   *
   * @param directory for its configuration, its output, and its data root {@code data}, which may
   *     be there already
   */
  public static RealSillyTavern start(Path directory) {
    SillyTavernInstallation installation = SillyTavernInstallation.get();
    Path dataRoot = directory.resolve("data").toAbsolutePath();
    Path log = directory.resolve("sillytavern.log");
    int port = freePort();
    try {
      Files.createDirectories(dataRoot);
      Files.createDirectories(installation.webpack());
      if (!Files.exists(dataRoot.resolve(WEBPACK))) {
        Files.createSymbolicLink(dataRoot.resolve(WEBPACK), installation.webpack());
      }
      ProcessBuilder builder =
          new ProcessBuilder(
                  installation.node().toString(),
                  installation.server().toString(),
                  "--port",
                  Integer.toString(port),
                  "--dataRoot",
                  dataRoot.toString(),
                  "--configPath",
                  directory.resolve("config.yaml").toAbsolutePath().toString(),
                  "--listen",
                  "false",
                  "--browserLaunchEnabled",
                  "false")
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().put("SILLYTAVERN_WHITELISTDOCKERHOSTS", "false");
      RealSillyTavern tavern = new RealSillyTavern(builder.start(), dataRoot, log, port);
      Runtime.getRuntime().addShutdownHook(new Thread(tavern.process::destroyForcibly));
      tavern.awaitReady();
      return tavern;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start SillyTavern in " + directory, e);
    }
  }

  public URI url() {
    return api.url();
  }

  public Path dataRoot() {
    return dataRoot;
  }

  /** Directory of its only user. */
  public Path userDirectory() {
    return dataRoot.resolve("default-user");
  }

  public SillyTavernApi api() {
    return api;
  }

  private void awaitReady() {
    try {
      Awaitility.await("SillyTavern")
          .atMost(START_LIMIT)
          .pollInterval(Duration.ofMillis(100))
          .until(this::answers);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private boolean answers() throws IOException {
    if (!process.isAlive()) {
      throw new IllegalStateException("SillyTavern ended:\n" + Files.readString(log));
    }
    return api.isReady();
  }

  /** Asks it to stop, kills it if it does not, and takes the shared build out of the data root. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try {
      if (Files.isSymbolicLink(dataRoot.resolve(WEBPACK))) {
        Files.delete(dataRoot.resolve(WEBPACK));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete a link in " + dataRoot, e);
    }
  }

  private static int freePort() {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on the loopback interface", e);
    }
  }
}
