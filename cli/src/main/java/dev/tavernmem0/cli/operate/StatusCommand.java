package dev.tavernmem0.cli.operate;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tavern-mem0 status}: how everything is, on one screen. */
@Command(name = "status", sortOptions = false, mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {
  @Mixin private WriterOperation operation;

  @Option(names = "--watch", arity = "0..1", fallbackValue = "5", paramLabel = "SECONDS")
  private @Nullable Integer watch;

  @SuppressWarnings("NullAway.Init") // picocli sets the operation before it calls anything
  public StatusCommand() {}

  @Override
  public Integer call() {
    return operation.run(
        (services, screen) -> {
          if (watch != null && watch < 1) {
            throw operation.wrongUsage(screen.messages().text("status.watch", watch));
          }
          StatusReport report = StatusReport.of(services);
          show(report, screen);
          while (watch != null && slept(watch)) {
            report = StatusReport.of(services);
            screen.clear();
            show(report, screen);
          }
          return report.exitCode();
        });
  }

  private static void show(StatusReport report, Screen screen) {
    screen.show(report.json(), () -> new StatusScreen(screen).show(report));
  }

  /** False when it is to end. */
  private static boolean slept(int seconds) {
    try {
      TimeUnit.SECONDS.sleep(seconds);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
