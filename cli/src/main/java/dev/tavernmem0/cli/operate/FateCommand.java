package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tavern-mem0 fate TURN|CHAT}: what became of it, what that means, and what to do. */
@Command(name = "fate", sortOptions = false, mixinStandardHelpOptions = true)
public final class FateCommand implements Callable<Integer> {
  @Mixin private WriterOperation operation;

  @Parameters(paramLabel = "TURN|CHAT")
  private String name = "";

  @SuppressWarnings("NullAway.Init") // picocli sets the operation before it calls anything
  public FateCommand() {}

  @Override
  public Integer call() {
    return operation.run(
        (services, screen) -> {
          ChatNames chats = ChatNames.of(services, screen.messages());
          if (chats.isKnown(name)) {
            JsonNode chat = chats.theOne(name);
            screen.show(chat, () -> chat(chat, screen));
          } else {
            showTurn(services, chats, screen);
          }
          return ExitCodes.OK;
        });
  }

  private static void chat(JsonNode chat, Screen screen) {
    FateNames fates = new FateNames(screen.messages());
    screen.say(
        "fate.chat",
        chat.path("chat_file").asString(chat.path("chat_id").asString("")),
        chat.path("memories").asInt(0));
    chat.path("turns")
        .propertyStream()
        .forEach(
            fate ->
                screen.say(
                    "fate.line",
                    fate.getValue().asLong(0),
                    fates.name(fate.getKey()),
                    fates.meaning(fate.getKey())));
  }

  /** No service finds a turn without its chat: all are looked through. */
  private void showTurn(Services services, ChatNames chats, Screen screen) {
    ServiceClient writer = services.writer();
    JsonNode turn =
        chats.all().stream()
            .map(
                chat ->
                    RequestPath.of("/v1/turns").with("chat_id", chat.path("chat_id").asString("")))
            .flatMap(path -> writer.list(path).valueStream())
            .filter(each -> each.path("turn_id").asString("").equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new NotFoundException(
                        screen.messages().text("fate.none", name),
                        screen.messages().text("mend.no-such-turn")));
    JsonNode batch =
        Optional.ofNullable(turn.path("batch_id").asString(null))
            .map(id -> writer.get(RequestPath.of("/v1/batches").child(id)))
            .orElse(null);
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.set("turn", turn);
    answer.set("batch", batch);
    screen.show(answer, () -> turn(turn, batch, screen));
  }

  private static void turn(JsonNode turn, @Nullable JsonNode batch, Screen screen) {
    FateNames fates = new FateNames(screen.messages());
    String fate = turn.path("fate").asString("");
    screen.say("fate.turn", Screen.cell(turn.path("turn_id")));
    screen.say("fate.of-chat", Screen.cell(turn.path("chat_id")));
    screen.say("fate.is", fates.name(fate), fates.meaning(fate));
    if (turn.path("reason").isString()) {
      screen.say("fate.reason", Screen.cell(turn.path("reason")));
    }
    if (batch != null) {
      screen.say(
          "fate.batch",
          Screen.cell(batch.path("id")),
          batch.path("turns").size(),
          batch.path("attempts").asInt(0),
          batch.path("memory_ids").size(),
          Screen.time(batch.path("since")));
    }
  }
}
