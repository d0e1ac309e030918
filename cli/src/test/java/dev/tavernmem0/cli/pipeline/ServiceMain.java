package dev.tavernmem0.cli.pipeline;

import dev.tavernmem0.watcher.ChatWatcherApplication;
import dev.tavernmem0.writer.WriterApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

/**
 * A service in a process that does not outlive the test that started it. Arguments: its name, the
 * file to write its port to, and Spring's.
 */
final class ServiceMain {
  private ServiceMain() {}

  public static void main(String[] args) throws IOException {
    var unused =
        ProcessHandle.current()
            .parent()
            .orElseThrow(() -> new IllegalStateException("the test that started this is gone"))
            .onExit()
            .thenRun(() -> Runtime.getRuntime().halt(1));
    SpringApplicationBuilder service =
        switch (args[0]) {
          case "watcher" -> ChatWatcherApplication.builder();
          case "writer" -> WriterApplication.builder();
          default -> throw new IllegalArgumentException("no such service: " + args[0]);
        };
    var context = service.run(Arrays.copyOfRange(args, 2, args.length));
    int port = ((WebServerApplicationContext) context).getWebServer().getPort();
    Path file = Path.of(args[1]);
    Path written = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(written, Integer.toString(port));
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
