package dev.tavernmem0.cli.operate;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code tavern-mem0 chats}: the chats that the writer knows, and what became of their turns. */
@Command(name = "chats", sortOptions = false, mixinStandardHelpOptions = true)
public final class ChatsCommand implements Callable<Integer> {
  @Mixin private WriterOperation operation;

  @SuppressWarnings("NullAway.Init") // picocli sets the operation before it calls anything
  public ChatsCommand() {}

  @Override
  public Integer call() {
    return operation.run(
        (services, screen) -> {
          JsonNode chats = services.writer().list(RequestPath.of("/v1/chats"));
          screen.show(chats, () -> text(chats, screen));
          return ExitCodes.OK;
        });
  }

  private static void text(JsonNode chats, Screen screen) {
    if (chats.isEmpty()) {
      screen.say("chats.none");
      return;
    }
    FateNames fates = new FateNames(screen.messages());
    Table table = screen.table("character", "user", "file", "memories", "turns", "chat");
    for (JsonNode chat : chats) {
      table.row(
          Screen.cell(chat.path("agent_id")),
          Screen.cell(chat.path("user_id")),
          Screen.cell(chat.path("chat_file")),
          Screen.cell(chat.path("memories")),
          fates.counts(chat.path("turns")),
          Screen.cell(chat.path("chat_id")));
    }
    screen.print(table);
  }
}
