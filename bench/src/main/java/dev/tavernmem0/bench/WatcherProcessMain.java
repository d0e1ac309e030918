package dev.tavernmem0.bench;

import dev.tavernmem0.watcher.ChatWatcherApplication;

/** The watcher, which does not outlive the benchmark that started it. */
public final class WatcherProcessMain {
  private WatcherProcessMain() {}

  /** Takes what the watcher takes. */
  public static void main(String[] args) {
    var unused =
        ProcessHandle.current()
            .parent()
            .orElseThrow(() -> new IllegalStateException("the benchmark is gone"))
            .onExit()
            .thenRun(() -> Runtime.getRuntime().halt(1));
    ChatWatcherApplication.main(args);
  }
}
