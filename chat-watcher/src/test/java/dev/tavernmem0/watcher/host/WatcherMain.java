package dev.tavernmem0.watcher.host;

import dev.tavernmem0.watcher.ChatWatcherApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

/** The service in a process that does not outlive the test that started it. */
final class WatcherMain {
  static final String LISTENING = "the watcher listens on ";

  private WatcherMain() {}

  public static void main(String[] args) {
    var unused =
        ProcessHandle.current()
            .parent()
            .orElseThrow(() -> new IllegalStateException("the test that started this is gone"))
            .onExit()
            .thenRun(() -> Runtime.getRuntime().halt(1));
    var context = ChatWatcherApplication.builder().run(args);
    int port = ((WebServerApplicationContext) context).getWebServer().getPort();
    System.out.println(LISTENING + port + ".");
  }
}
