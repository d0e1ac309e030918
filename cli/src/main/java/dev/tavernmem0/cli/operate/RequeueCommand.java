package dev.tavernmem0.cli.operate;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tavern-mem0 requeue}: has mem0 asked again for what it refused, left empty or lost. */
@Command(name = "requeue", sortOptions = false, mixinStandardHelpOptions = true)
public final class RequeueCommand implements Callable<Integer> {
  @Mixin private WriterOperation operation;

  @Option(names = "--fate", paramLabel = "empty|dead", split = ",")
  private List<String> fates = List.of();

  @Option(names = "--missing")
  private boolean missing;

  @Mixin private final BatchSelection selection = new BatchSelection();

  @SuppressWarnings("NullAway.Init") // picocli sets the operation before it calls anything
  public RequeueCommand() {}

  @Override
  public Integer call() {
    return operation.run(
        (services, screen) -> {
          if (fates.isEmpty() && !missing) {
            throw operation.wrongUsage(screen.messages().text("requeue.nothing"));
          }
          RequestPath what =
              RequestPath.of("/v1/requeues")
                  .with("fate", fates.isEmpty() ? null : String.join(",", fates))
                  .with("missing", missing ? true : null);
          return selection.requeue(what, services, screen);
        });
  }
}
