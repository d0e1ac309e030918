package dev.tavernmem0.bench;

import dev.tavernmem0.common.kafka.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a save of a large chat with one new line costs. Baseline: reading the file once. */
@Command(
    name = "resave",
    description = "The watcher's CPU time per save of a large chat with one new line.")
final class ResaveCost implements Callable<Integer> {
  private static final int WARM_UP = 15;

  @Option(
      names = "--chat-bytes",
      description = "Size of the chat (default: ${DEFAULT-VALUE}).",
      defaultValue = "38000000")
  int chatBytes;

  @Option(
      names = "--saves",
      description = "How many are measured (default: ${DEFAULT-VALUE}).",
      defaultValue = "40")
  int saves;

  @Mixin RunOptions run = new RunOptions();

  private final Figures figures = new Figures();

  @Override
  public Integer call() throws IOException, InterruptedException {
    ChatGenerator generator = new ChatGenerator(chatBytes);
    try (Workspace workspace = Workspace.open(run)) {
      Path chats = workspace.dataRoot().resolve("default-user").resolve("chats");
      SavedChat chat =
          SavedChat.write(chats.resolve("Mara").resolve("Mara.jsonl"), generator.chat(chatBytes));
      try (WatcherProcess watcher = WatcherProcess.start(workspace, run)) {
        watcher.awaitSnapshotDone(Duration.ofMinutes(10));
        Clients clients = new Clients(workspace.bootstrapServers());
        try (EventReceiver turns = new EventReceiver(clients, Topics.TURNS)) {
          turns.skip(Duration.ofSeconds(2));
          measure(generator, chat, watcher, turns);
        }
      }
    }
    return 0;
  }

  private void measure(
      ChatGenerator generator, SavedChat chat, WatcherProcess watcher, EventReceiver turns)
      throws IOException {
    PlainRead reader = new PlainRead();
    for (int i = 0; i < WARM_UP; i++) {
      chat.append(generator.message());
      turns.next();
      reader.read(chat.file());
    }
    Spent idle = idle(watcher, turns);
    Stopwatch stopwatch = Stopwatch.of(watcher);
    double readSeconds = 0;
    for (int i = 0; i < saves; i++) {
      chat.append(generator.message());
      turns.next();
      Stopwatch reading = Stopwatch.ofThisThread();
      reader.read(chat.file());
      readSeconds += reading.spent().cpuSeconds();
    }
    Spent spent = stopwatch.spent();
    double background = idle.cpuSeconds() / idle.wallSeconds() * spent.wallSeconds();
    double perSave = (spent.cpuSeconds() - background) / saves;
    figures.title("chat of %,d bytes, %d saves with one new line".formatted(chatBytes, saves));
    figures.figure("CPU of a save", perSave * 1e3, "ms");
    figures.figure("CPU of reading the file", readSeconds / saves * 1e3, "ms");
    figures.ratio("save / reading", perSave / (readSeconds / saves), "aim: at most 5");
  }

  /** What it costs to do nothing. */
  private static Spent idle(WatcherProcess watcher, EventReceiver turns) {
    Stopwatch stopwatch = Stopwatch.of(watcher);
    if (turns.skip(Duration.ofSeconds(5)) > 0) {
      throw new IllegalStateException("more events than saves");
    }
    return stopwatch.spent();
  }
}
