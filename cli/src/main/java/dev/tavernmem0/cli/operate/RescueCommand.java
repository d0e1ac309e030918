package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.net.http.HttpHeaders;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tavern-mem0 rescue}: chat files out of the log, as they were at a time. */
@Command(name = "rescue", sortOptions = false, mixinStandardHelpOptions = true)
public final class RescueCommand implements Callable<Integer> {
  private static final RequestPath RESCUES = RequestPath.of("/v1/rescues");

  /** Every id of a chat has it, and no file that SillyTavern names. */
  private static final String IN_IDS = ":";

  @Mixin private Operation operation;

  @Option(names = "--list")
  private boolean list;

  @Option(
      names = {"--handle", "--user"},
      paramLabel = "HANDLE")
  private @Nullable String handle;

  @Option(names = "--character", paramLabel = "NAME")
  private @Nullable String character;

  @Option(names = "--chat", paramLabel = "CHAT")
  private @Nullable String chat;

  @Option(names = "--at", paramLabel = "TIME")
  private @Nullable String at;

  @Option(names = "--out", paramLabel = "FILE")
  private @Nullable Path out;

  @Option(names = "--force")
  private boolean force;

  @SuppressWarnings("NullAway.Init") // picocli sets the operation before it calls anything
  public RescueCommand() {}

  @Override
  public Integer call() {
    return operation.run(
        (services, screen) -> {
          if (list && chat == null && at == null && out == null && !force) {
            list(services, screen);
          } else if (!list && chat != null && out != null) {
            rescue(services, screen, chat, out);
          } else {
            throw operation.wrongUsage(screen.messages().text("rescue.unclear"));
          }
          return ExitCodes.OK;
        });
  }

  private void list(Services services, Screen screen) {
    JsonNode answer = services.log().get(narrowed());
    screen.show(answer, () -> text(answer, screen));
  }

  private RequestPath narrowed() {
    return RESCUES.with("handle", handle).with("character", character);
  }

  private static void text(JsonNode answer, Screen screen) {
    JsonNode chats = answer.path("chats");
    if (chats.isEmpty()) {
      screen.say("rescue.none");
      return;
    }
    Messages messages = screen.messages();
    Table table =
        screen.table("character", "user", "file", "turns", "first", "last", "state", "chat");
    for (JsonNode each : chats) {
      JsonNode group = each.path("group");
      table.row(
          Screen.cell(group.isObject() ? group.path("name") : each.path("character")),
          Screen.cell(each.path("handle")),
          Screen.cell(each.path("chat_file")),
          Screen.cell(each.path("turns")),
          Screen.time(each.path("first_saved_at")),
          Screen.time(each.path("last_saved_at")),
          state(each, messages),
          Screen.cell(each.path("chat_id")));
    }
    screen.print(table);
    screen.say("rescue.what-to-do");
    unreadable(answer.path("unreadable_records").asLong(0), screen);
  }

  private static String state(JsonNode chat, Messages messages) {
    StringBuilder state = new StringBuilder();
    state.append(
        chat.path("deleted_at").isString()
            ? messages.text("rescue.deleted", Screen.time(chat.path("deleted_at")))
            : messages.text("rescue.there"));
    int turns = chat.path("turns").asInt(0);
    if (chat.path("most_turns").asInt(0) > turns) {
      state.append(messages.text("list.comma"));
      state.append(
          messages.text(
              "rescue.had",
              chat.path("most_turns").asInt(0),
              Screen.time(chat.path("most_turns_at"))));
    }
    int without = turns - chat.path("raw_turns").asInt(0);
    if (without > 0) {
      state.append(messages.text("list.comma"));
      state.append(messages.text("rescue.without-raw", without));
    }
    return state.toString();
  }

  private void rescue(Services services, Screen screen, String name, Path file) {
    Messages messages = screen.messages();
    Instant until = at == null ? null : PointInTime.parse(at, ZoneId.systemDefault());
    if (at != null && until == null) {
      throw operation.wrongUsage(messages.text("rescue.no-time", at));
    }
    OutputFile output = new OutputFile(file, force, messages);
    output.check();
    ServiceClient log = services.log();
    String id =
        name.contains(IN_IDS)
            ? name
            : ChatNames.rescuable(log.get(narrowed()).path("chats"), messages).idOf(name);
    Progress progress = operation.progress();
    HttpHeaders told =
        output.write(stream -> log.download(RESCUES.child(id).with("at", until), stream, progress));
    ObjectNode result = result(id, file, told);
    result.put("at", until == null ? null : until.toString());
    screen.show(result, () -> text(result, screen));
  }

  private static ObjectNode result(String id, Path file, HttpHeaders told) {
    ObjectNode result = Json.MAPPER.createObjectNode();
    result.put("chat_id", id);
    result.put("file", file.toString());
    result.put("bytes", told.firstValueAsLong("Content-Length").orElse(0));
    result.put("turns", told.firstValueAsLong("X-Tavern-Turns").orElse(0));
    result.put("rebuilt_turns", told.firstValueAsLong("X-Tavern-Rebuilt-Turns").orElse(0));
    result.put("header", "rebuilt");
    result.put("saved_at", told.firstValue("X-Tavern-Saved-At").orElse(null));
    result.put("deleted_at", told.firstValue("X-Tavern-Deleted-At").orElse(null));
    result.put(
        "unreadable_records", told.firstValueAsLong("X-Tavern-Unreadable-Records").orElse(0));
    return result;
  }

  private static void text(ObjectNode result, Screen screen) {
    if (result.path("at").isString()) {
      screen.say("rescue.at", result.path("at").asString(""));
    }
    screen.say(
        "rescue.done",
        result.path("file").asString(""),
        result.path("turns").asInt(0),
        Screen.time(result.path("saved_at")));
    if (result.path("deleted_at").isString()) {
      screen.say("rescue.was-deleted", Screen.time(result.path("deleted_at")));
    }
    screen.say("rescue.header");
    screen.say("rescue.rights");
    int rebuilt = result.path("rebuilt_turns").asInt(0);
    if (rebuilt > 0) {
      screen.say("rescue.rebuilt", rebuilt);
    }
    unreadable(result.path("unreadable_records").asLong(0), screen);
  }

  private static void unreadable(long records, Screen screen) {
    if (records > 0) {
      screen.say("rescue.unreadable", records);
    }
  }
}
