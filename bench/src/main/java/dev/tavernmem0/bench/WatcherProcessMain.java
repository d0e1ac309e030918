package dev.tavernmem0.bench;

import dev.tavernmem0.watcher.ChatWatcherApplication;

/** The watcher, which does not outlive the benchmark that started it. */
public final class WatcherProcessMain {
  private WatcherProcessMain() {}

  /** Takes what the watcher takes. */
  public static void main(String[] args) {
    EndsWithParent.watch();
    ChatWatcherApplication.main(args);
  }
}
