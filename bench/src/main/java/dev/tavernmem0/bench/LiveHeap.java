package dev.tavernmem0.bench;

import dev.tavernmem0.common.kafka.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What the watcher holds in memory after it has read everything, and after many saves since.
 * Baseline: a watcher that has nothing to watch.
 */
@Command(
    name = "heap",
    description = "Live heap after everything was read, and after further saves.")
final class LiveHeap implements Callable<Integer> {
  @Option(
      names = "--chats",
      description = "Number of chats (default: ${DEFAULT-VALUE}).",
      defaultValue = "10000")
  int chats;

  @Option(
      names = "--chat-bytes",
      description = "Size of a chat (default: ${DEFAULT-VALUE}).",
      defaultValue = "100000")
  int chatBytes;

  @Option(
      names = "--saves",
      description = "Further saves (default: ${DEFAULT-VALUE}).",
      defaultValue = "2000")
  int saves;

  @Mixin RunOptions run = new RunOptions();

  private final Figures figures = new Figures();

  @Override
  public Integer call() throws IOException, InterruptedException {
    double idle = idle();
    try (Workspace workspace = Workspace.open(run)) {
      ChatLibrary library = ChatLibrary.write(workspace.dataRoot(), chats, 20, chatBytes);
      try (WatcherProcess watcher = WatcherProcess.start(workspace, run)) {
        watcher.awaitSnapshotDone(Duration.ofHours(1));
        double afterStart = watcher.liveHeap() / 1e6;
        save(workspace, library);
        double afterSaves = watcher.liveHeap() / 1e6;
        figures.title(
            "%,d chats, %.0f MB, then %,d saves".formatted(chats, library.megabytes(), saves));
        figures.figure("live heap with nothing to watch", idle, "MB");
        figures.figure("live heap after the first start", afterStart, "MB");
        figures.figure("live heap after the saves", afterSaves, "MB");
        figures.ratio("after the first start / nothing to watch", afterStart / idle, "");
        figures.ratio("after the saves / after the first start", afterSaves / afterStart, "aim: 1");
        figures.figure("growth per chat", (afterSaves - idle) * 1e6 / chats, "bytes (bounded)");
      }
    }
    return 0;
  }

  private double idle() throws IOException, InterruptedException {
    try (Workspace workspace = Workspace.open(run)) {
      Files.createDirectories(workspace.dataRoot());
      try (WatcherProcess watcher = WatcherProcess.start(workspace, run)) {
        watcher.awaitSnapshotDone(Duration.ofMinutes(2));
        return watcher.liveHeap() / 1e6;
      }
    }
  }

  private void save(Workspace workspace, ChatLibrary library) throws IOException {
    ChatGenerator generator = new ChatGenerator(saves);
    Random random = new Random(saves);
    Clients clients = new Clients(workspace.bootstrapServers());
    try (EventReceiver turns = new EventReceiver(clients, Topics.TURNS)) {
      turns.skip(Duration.ofSeconds(2));
      for (int i = 0; i < saves; i++) {
        Path file = library.files().get(random.nextInt(library.files().size()));
        SavedChat.at(file).append(generator.message());
        turns.next();
      }
    }
  }
}
