package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tavern-mem0 snapshot}: has the watcher publish chats again, beside live changes. */
@Command(name = "snapshot", mixinStandardHelpOptions = true)
public final class SnapshotCommand {
  private static final RequestPath SNAPSHOTS = RequestPath.of("/v1/snapshots");

  /** Which chats; what is left out selects all. */
  static final class Selection {
    @Option(names = "--all")
    private boolean all;

    @Option(names = "--user", paramLabel = "HANDLE")
    private List<String> users = List.of();

    @Option(names = "--character", paramLabel = "NAME")
    private List<String> characters = List.of();

    @Option(names = "--group", paramLabel = "NAME")
    private List<String> groups = List.of();

    @Option(names = "--chat", paramLabel = "CHAT")
    private List<String> chats = List.of();

    @Option(names = "--from", paramLabel = "TIME")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME")
    private @Nullable String to;

    /** Everything has to be asked for, and then nothing else. */
    boolean isClear() {
      boolean narrowed =
          Stream.of(users, characters, groups, chats).anyMatch(list -> !list.isEmpty())
              || from != null
              || to != null;
      return all != narrowed;
    }

    ObjectNode body() {
      ObjectNode body = Json.MAPPER.createObjectNode();
      body.set("handles", Json.MAPPER.valueToTree(users));
      body.set("characters", Json.MAPPER.valueToTree(characters));
      body.set("groups", Json.MAPPER.valueToTree(groups));
      body.set("chats", Json.MAPPER.valueToTree(chats));
      body.put("from", from);
      body.put("to", to);
      return body;
    }
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int start(@Mixin Operation operation, @Mixin Selection selection) {
    return operation.run(
        (services, screen) -> {
          if (!selection.isClear()) {
            throw operation.wrongUsage(screen.messages().text("snapshot.unclear"));
          }
          JsonNode snapshot = services.watcher().post(SNAPSHOTS, selection.body());
          screen.show(
              snapshot, () -> screen.say("snapshot.started", Screen.cell(snapshot.path("id"))));
          return ExitCodes.OK;
        });
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int list(@Mixin Operation operation) {
    return operation.run(
        (services, screen) -> {
          JsonNode answer = services.watcher().get(SNAPSHOTS);
          screen.show(answer, () -> text(answer.path("snapshots"), screen));
          return ExitCodes.OK;
        });
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int show(@Mixin Operation operation, @Parameters(paramLabel = "ID") String id) {
    return operation.run(
        (services, screen) -> {
          JsonNode snapshot = services.watcher().get(SNAPSHOTS.child(id));
          screen.show(snapshot, () -> text(Json.MAPPER.createArrayNode().add(snapshot), screen));
          return ExitCodes.OK;
        });
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int pause(@Mixin Operation operation, @Parameters(paramLabel = "ID") String id) {
    return signal(operation, id, "pause");
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int resume(@Mixin Operation operation, @Parameters(paramLabel = "ID") String id) {
    return signal(operation, id, "resume");
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int cancel(@Mixin Operation operation, @Parameters(paramLabel = "ID") String id) {
    return signal(operation, id, "cancel");
  }

  private static int signal(Operation operation, String id, String signal) {
    return operation.run(
        (services, screen) -> {
          JsonNode before = services.watcher().post(SNAPSHOTS.child(id).child(signal));
          screen.show(before, () -> screen.say("snapshot." + signal, id));
          return ExitCodes.OK;
        });
  }

  private static void text(JsonNode snapshots, Screen screen) {
    if (snapshots.isEmpty()) {
      screen.say("snapshot.none");
      return;
    }
    Messages messages = screen.messages();
    Table table = screen.table("snapshot", "state", "requested", "chats", "turns", "pace");
    for (JsonNode snapshot : snapshots) {
      String state = "snapshot.state." + snapshot.path("state").asString("");
      JsonNode left = snapshot.path("seconds_left");
      table.row(
          Screen.cell(snapshot.path("id")),
          messages.has(state) ? messages.text(state) : Screen.cell(snapshot.path("state")),
          Screen.time(snapshot.path("requested_at")),
          messages.text(
              "snapshot.of",
              snapshot.path("chats_done").asInt(0),
              snapshot.path("chats_total").asInt(0)),
          Screen.cell(snapshot.path("turns")),
          messages.text("snapshot.pace", Screen.cell(snapshot.path("turns_per_second")))
              + (left.asLong(0) > 0
                  ? messages.text("snapshot.left", messages.text("seconds", left.asLong(0)))
                  : ""));
    }
    screen.print(table);
  }
}
