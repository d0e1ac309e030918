package dev.tavernmem0.cli.operate;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code tavern-mem0 resume}: goes on with the writing to mem0. */
@Command(name = "resume", sortOptions = false, mixinStandardHelpOptions = true)
public final class ResumeCommand implements Callable<Integer> {
  @Mixin private WriterOperation operation;

  @SuppressWarnings("NullAway.Init") // picocli sets the operation before it calls anything
  public ResumeCommand() {}

  @Override
  public Integer call() {
    return operation.run(
        (services, screen) -> {
          JsonNode status = services.writer().post(RequestPath.of("/v1/resume"));
          long waiting =
              status.path("pending_turns").asLong(0) + status.path("backlog_turns").asLong(0);
          screen.show(status, () -> screen.say("resume.done", waiting));
          return ExitCodes.OK;
        });
  }
}
