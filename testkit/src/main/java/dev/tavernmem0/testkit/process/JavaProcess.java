package dev.tavernmem0.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A main class of this JVM's class path in a JVM of its own. Thread-safe. */
public final class JavaProcess {
  private static final Duration END_LIMIT = Duration.ofSeconds(30);

  private final String name;
  private final Process process;

  private JavaProcess(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /**
   * Starts it; returns at once.
   *
   * @param mainClass its name
   * @param options of the JVM, such as {@code -Xmx128m}
   * @param arguments of the main class
   * @param output file that what it prints is appended to
   */
  public static JavaProcess start(
      String mainClass, List<String> options, List<String> arguments, Path output) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(mainClass);
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    // Java takes the encoding of file names from the locale.
    builder.environment().put("LC_ALL", "C.UTF-8");
    try {
      return new JavaProcess(
          mainClass,
          builder
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a JVM for " + mainClass, e);
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** {@code kill -9}; returns when it has ended. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** {@code kill -TERM}; returns when it has ended, and throws if it does not within 30 s. */
  public void stop() {
    process.destroy();
    awaitEnd();
  }

  /** {@code kill -STOP}: it is there and does nothing, as on a machine that was suspended. */
  public void freeze() {
    signal("STOP");
  }

  /** {@code kill -CONT}: it goes on where it was, and knows nothing of the time between. */
  public void thaw() {
    signal("CONT");
  }

  private void signal(String signal) {
    try {
      int code =
          new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
      if (code != 0 && process.isAlive()) {
        throw new IllegalStateException("kill -" + signal + " ended with " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot send a signal", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(END_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(name + " did not end within " + END_LIMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
