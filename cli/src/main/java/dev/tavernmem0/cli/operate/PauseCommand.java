package dev.tavernmem0.cli.operate;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code tavern-mem0 pause}: stops the writing to mem0 until it is resumed. */
@Command(name = "pause", sortOptions = false, mixinStandardHelpOptions = true)
public final class PauseCommand implements Callable<Integer> {
  @Mixin private WriterOperation operation;

  @SuppressWarnings("NullAway.Init") // picocli sets the operation before it calls anything
  public PauseCommand() {}

  @Override
  public Integer call() {
    return operation.run(
        (services, screen) -> {
          JsonNode status = services.writer().post(RequestPath.of("/v1/pause"));
          screen.show(status, () -> screen.say("pause.done", status.path("in_flight").asInt(0)));
          return ExitCodes.OK;
        });
  }
}
