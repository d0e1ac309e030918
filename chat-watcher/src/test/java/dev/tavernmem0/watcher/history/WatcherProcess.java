package dev.tavernmem0.watcher.history;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A life of the watcher in a process of its own. */
final class WatcherProcess implements Watcher {
  private final Process process;
  private final Writer commands;
  private final BufferedReader answers;

  WatcherProcess(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    // Java takes the encoding of file names from the locale.
    builder.environment().put("LC_ALL", "C.UTF-8");
    process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    commands = process.outputWriter(StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  @Override
  public boolean settle(int crashAfter) throws IOException, InterruptedException {
    commands.write(crashAfter + "\n");
    commands.flush();
    String answer = answers.readLine();
    if ("idle".equals(answer)) {
      return true;
    }
    if (answer == null && crashAfter >= 0 && process.waitFor() == 137) {
      return false;
    }
    throw new IllegalStateException("the watcher said " + answer + " and ended: " + process);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (process.isAlive()) {
      commands.close();
    }
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("the watcher did not stop");
    }
  }
}
