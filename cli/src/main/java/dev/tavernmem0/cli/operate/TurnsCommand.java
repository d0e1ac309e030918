package dev.tavernmem0.cli.operate;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code tavern-mem0 turns CHAT}: what became of each turn of a chat. */
@Command(name = "turns", sortOptions = false, mixinStandardHelpOptions = true)
public final class TurnsCommand implements Callable<Integer> {
  @Mixin private WriterOperation operation;

  @Parameters(paramLabel = "CHAT")
  private String chat = "";

  @SuppressWarnings("NullAway.Init") // picocli sets the operation before it calls anything
  public TurnsCommand() {}

  @Override
  public Integer call() {
    return operation.run(
        (services, screen) -> {
          String id = ChatNames.of(services, screen.messages()).idOf(chat);
          JsonNode turns = services.writer().list(RequestPath.of("/v1/turns").with("chat_id", id));
          screen.show(turns, () -> text(turns, screen));
          return ExitCodes.OK;
        });
  }

  private static void text(JsonNode turns, Screen screen) {
    FateNames fates = new FateNames(screen.messages());
    Table table = screen.table("turn", "fate", "memories", "batch", "reason");
    for (JsonNode turn : turns) {
      String fate = fates.name(turn.path("fate").asString(""));
      table.row(
          Screen.cell(turn.path("turn_id")),
          turn.path("gone").asBoolean(false) ? screen.messages().text("turn.gone", fate) : fate,
          Integer.toString(turn.path("memory_ids").size()),
          Screen.cell(turn.path("batch_id")),
          Screen.cell(turn.path("reason")));
    }
    screen.print(table);
  }
}
