package dev.tavernmem0.cli.operate;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code tavern-mem0 dead}: batches that mem0 refused for good. */
@Command(name = "dead", mixinStandardHelpOptions = true)
public final class DeadCommand {
  private static final RequestPath DEAD = RequestPath.of("/v1/dead-letters");

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int list(@Mixin WriterOperation operation) {
    return operation.run(
        (services, screen) -> {
          JsonNode dead = services.writer().list(DEAD);
          screen.show(dead, () -> text(dead, screen));
          return ExitCodes.OK;
        });
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int show(@Mixin WriterOperation operation, @Parameters(paramLabel = "ID") String id) {
    return operation.run(
        (services, screen) -> {
          JsonNode dead = services.writer().get(DEAD.child(id));
          screen.show(dead, () -> one(dead, screen));
          return ExitCodes.OK;
        });
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int requeue(@Mixin WriterOperation operation, @Mixin BatchSelection selection) {
    return operation.run(
        (services, screen) ->
            selection.requeue(
                RequestPath.of("/v1/requeues").with("fate", "dead"), services, screen));
  }

  private static void text(JsonNode dead, Screen screen) {
    if (dead.isEmpty()) {
      screen.say("dead.none");
      return;
    }
    Table table = screen.table("batch", "since", "turns", "attempts", "file", "reason");
    for (JsonNode batch : dead) {
      table.row(
          Screen.cell(batch.path("id")),
          Screen.time(batch.path("since")),
          Screen.cell(batch.path("turns")),
          Screen.cell(batch.path("attempts")),
          Screen.cell(batch.path("chat_file")),
          Screen.cell(batch.path("reason")));
    }
    screen.print(table);
    screen.say("dead.what-to-do");
  }

  private static void one(JsonNode batch, Screen screen) {
    screen.say("dead.one", Screen.cell(batch.path("id")));
    screen.say("fate.of-chat", Screen.cell(batch.path("chat_id")));
    screen.say("fate.file", Screen.cell(batch.path("chat_file")));
    screen.say(
        "dead.since",
        Screen.time(batch.path("since")),
        batch.path("turns").asInt(0),
        batch.path("attempts").asInt(0));
    screen.say("fate.reason", Screen.cell(batch.path("reason")));
    screen.say("dead.one-what-to-do", Screen.cell(batch.path("id")));
  }
}
