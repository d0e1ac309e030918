package dev.tavernmem0.watcher.history;

import dev.tavernmem0.watcher.connect.Journal;
import dev.tavernmem0.watcher.connect.TaskRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** One life of the watcher. */
interface Watcher extends AutoCloseable {
  /**
   * Lets it work until nothing is left to do.
   *
   * @param crashAfter how many writes become visible before it dies; negative for none
   * @return whether it still lives
   */
  boolean settle(int crashAfter) throws IOException, InterruptedException;

  @Override
  void close() throws IOException, InterruptedException;

  /** How a life begins. */
  interface Start {
    Watcher start(Path journal, TaskRun.Delivery delivery, Map<String, String> properties)
        throws IOException;
  }

  /** In this process. */
  static Watcher inProcess(Path journal, TaskRun.Delivery delivery, Map<String, String> properties)
      throws IOException {
    TaskRun run = new TaskRun(new Journal(journal), delivery, properties);
    return new Watcher() {
      @Override
      public boolean settle(int crashAfter) throws IOException, InterruptedException {
        return run.settle(crashAfter);
      }

      @Override
      public void close() {
        run.close();
      }
    };
  }
}
