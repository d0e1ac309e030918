package dev.tavernmem0.cli.operate;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code tavern-mem0 holds}: chats that lost much at once, whose memories wait for a decision. */
@Command(name = "holds", mixinStandardHelpOptions = true)
public final class HoldsCommand {
  private static final RequestPath HOLDS = RequestPath.of("/v1/holds");

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int list(@Mixin WriterOperation operation) {
    return operation.run(
        (services, screen) -> {
          JsonNode holds = services.writer().list(HOLDS);
          screen.show(holds, () -> text(holds, screen));
          return ExitCodes.OK;
        });
  }

  /** Has the memories deleted. */
  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int confirm(
      @Mixin WriterOperation operation,
      @Mixin Confirmation confirmation,
      @Parameters(paramLabel = "CHAT") String chat) {
    return operation.run(
        (services, screen) -> {
          JsonNode hold = hold(services, screen.messages(), chat);
          String question =
              screen
                  .messages()
                  .text(
                      "holds.question",
                      hold.path("memories").asInt(0),
                      Screen.cell(hold.path("chat_file")));
          if (!operation.confirmed(confirmation, question)) {
            return ExitCodes.NO;
          }
          JsonNode confirmed = services.writer().post(decision(hold, "confirm"));
          screen.show(
              confirmed, () -> screen.say("holds.confirmed", confirmed.path("memories").asInt(0)));
          return ExitCodes.OK;
        });
  }

  /** Keeps the memories. */
  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int discard(@Mixin WriterOperation operation, @Parameters(paramLabel = "CHAT") String chat) {
    return operation.run(
        (services, screen) -> {
          JsonNode hold = hold(services, screen.messages(), chat);
          JsonNode kept = services.writer().post(decision(hold, "discard"));
          screen.show(kept, () -> screen.say("holds.discarded", kept.path("memories").asInt(0)));
          return ExitCodes.OK;
        });
  }

  private static RequestPath decision(JsonNode hold, String decision) {
    return HOLDS.child(hold.path("id").asString("")).child(decision);
  }

  /** By the hold's id, the chat's, or its file. */
  private static JsonNode hold(Services services, Messages messages, String name) {
    List<JsonNode> found =
        services
            .writer()
            .list(HOLDS)
            .valueStream()
            .filter(
                hold -> hold.path("id").asString("").equals(name) || ChatNames.isNamed(hold, name))
            .toList();
    if (found.isEmpty()) {
      throw new NotFoundException(
          messages.text("holds.no-such", name), messages.text("mend.no-such-hold"));
    }
    if (found.size() > 1) {
      throw new NotFoundException(
          messages.text("chat.several", name),
          messages.text(
              "chat.which",
              String.join(
                  ", ", found.stream().map(hold -> hold.path("id").asString("")).toList())));
    }
    return found.get(0);
  }

  private static void text(JsonNode holds, Screen screen) {
    if (holds.isEmpty()) {
      screen.say("holds.none");
      return;
    }
    Table table = screen.table("since", "turns-gone", "memories", "reason", "file", "chat");
    for (JsonNode hold : holds) {
      table.row(
          Screen.time(hold.path("since")),
          Screen.cell(hold.path("turns_gone")),
          Screen.cell(hold.path("memories")),
          Screen.cell(hold.path("reason")),
          Screen.cell(hold.path("chat_file")),
          Screen.cell(hold.path("chat_id")));
    }
    screen.print(table);
    screen.say("holds.what-to-do");
  }
}
