package dev.tavernmem0.watcher.connect;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A {@link TaskRun} as a process of its own. Arguments: the journal, the delivery, and properties
 * as {@code name=value}. Each line on its input is a number, how many writes become visible before
 * the process dies (negative: it lives), and is answered by {@code idle} once nothing is left to
 * do.
 */
public final class TaskProcess {
  private TaskProcess() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Map<String, String> properties = new HashMap<>();
    for (int i = 2; i < arguments.length; i++) {
      int equals = arguments[i].indexOf('=');
      properties.put(arguments[i].substring(0, equals), arguments[i].substring(equals + 1));
    }
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Journal journal = new Journal(Path.of(arguments[0]));
    try (TaskRun run = new TaskRun(journal, TaskRun.Delivery.valueOf(arguments[1]), properties)) {
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        if (!run.settle(Integer.parseInt(line))) {
          Runtime.getRuntime().halt(137);
        }
        System.out.println("idle");
      }
    }
  }
}
