package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tavern-mem0 replay}: has turns written again, or at last, behind what is said now. */
@Command(name = "replay", mixinStandardHelpOptions = true)
public final class ReplayCommand {
  private static final RequestPath REPLAYS = RequestPath.of("/v1/replays");
  private static final String REWRITE = "rewrite";

  /** Which turns; what is left out selects all. */
  static final class Selection {
    @Option(names = "--all")
    private boolean all;

    @Option(names = "--user", paramLabel = "HANDLE")
    private @Nullable String user;

    @Option(names = "--character", paramLabel = "NAME")
    private @Nullable String character;

    @Option(names = "--group", paramLabel = "ID")
    private @Nullable String group;

    @Option(names = "--chat", paramLabel = "CHAT")
    private @Nullable String chat;

    @Option(names = "--from", paramLabel = "TIME")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME")
    private @Nullable String to;

    @Option(names = "--fate", paramLabel = "none|dead|empty|written", split = ",")
    private List<String> fates = List.of();

    /** Everything has to be asked for, and then nothing else. */
    boolean isClear() {
      boolean narrowed =
          Stream.of(user, character, group, chat, from, to).anyMatch(Objects::nonNull);
      return all != narrowed;
    }

    ObjectNode body(Services services, Messages messages, String mode) {
      ObjectNode body = Json.MAPPER.createObjectNode();
      body.put("mode", mode);
      body.put("handle", user);
      body.put("character", character);
      body.put("group", group);
      body.put("chat_id", chat == null ? null : chatId(services, messages, chat));
      body.put("from", from);
      body.put("to", to);
      if (!fates.isEmpty()) {
        body.set("fates", Json.MAPPER.valueToTree(new ArrayList<>(fates)));
      }
      return body;
    }

    /** The writer need not know it: that may be why it is replayed. */
    private static String chatId(Services services, Messages messages, String name) {
      ChatNames known = ChatNames.of(services, messages);
      return name.contains(":") && !known.isKnown(name) ? name : known.idOf(name);
    }
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int start(
      @Mixin WriterOperation operation,
      @Option(names = "--mode", paramLabel = "missing|rewrite", required = true) String mode,
      @Mixin Selection selection,
      @Option(names = "--dry-run") boolean dryRun,
      @Option(names = "--rate", paramLabel = "BATCHES") @Nullable Integer rate,
      @Option(names = "--concurrency", paramLabel = "BATCHES") @Nullable Integer concurrency,
      @Option(names = "--follow") boolean follow,
      @Mixin Confirmation confirmation) {
    return operation.run(
        (services, screen) -> {
          Messages messages = screen.messages();
          if (!selection.isClear()) {
            throw operation.wrongUsage(messages.text("replay.unclear"));
          }
          ObjectNode body = selection.body(services, messages, mode);
          if (dryRun) {
            JsonNode counted = count(services, body);
            screen.show(counted, () -> counted(counted, screen));
            return ExitCodes.OK;
          }
          if (mode.equals(REWRITE) && !confirmation.isGiven()) {
            JsonNode counted = count(services, body);
            String question =
                messages.text(
                    "replay.question",
                    counted.path("turns").asLong(0),
                    counted.path("model_calls").asLong(0));
            if (!operation.confirmed(confirmation, question)) {
              return ExitCodes.NO;
            }
          }
          body.put("rate", rate);
          body.put("concurrency", concurrency);
          JsonNode started = services.writer().post(REPLAYS, body);
          String id = started.path("id").asString("");
          if (follow) {
            return follow(operation, services, screen, id);
          }
          screen.show(
              started, () -> screen.say("replay.started", operation.next("replay show " + id)));
          return ExitCodes.OK;
        });
  }

  private static JsonNode count(Services services, ObjectNode body) {
    return services.patientWriter().post(REPLAYS, body.deepCopy().put("dry_run", true));
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int list(@Mixin WriterOperation operation) {
    return operation.run(
        (services, screen) -> {
          JsonNode replays = services.writer().list(REPLAYS);
          screen.show(replays, () -> text(replays, screen));
          return ExitCodes.OK;
        });
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int show(
      @Mixin WriterOperation operation,
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--follow") boolean follow) {
    return operation.run(
        (services, screen) -> {
          if (follow) {
            return follow(operation, services, screen, id);
          }
          JsonNode replay = services.writer().get(REPLAYS.child(id));
          screen.show(replay, () -> one(replay, screen));
          return ExitCodes.OK;
        });
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int pause(@Mixin WriterOperation operation, @Parameters(paramLabel = "ID") String id) {
    return order(operation, id, "pause");
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int resume(@Mixin WriterOperation operation, @Parameters(paramLabel = "ID") String id) {
    return order(operation, id, "resume");
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int cancel(@Mixin WriterOperation operation, @Parameters(paramLabel = "ID") String id) {
    return order(operation, id, "cancel");
  }

  private static int order(Operation operation, String id, String order) {
    return operation.run(
        (services, screen) -> {
          JsonNode replay = services.writer().post(REPLAYS.child(id).child(order));
          screen.show(replay, () -> screen.say("replay." + order, id));
          return ExitCodes.OK;
        });
  }

  /** Until it has ended; ending the command leaves it alone. */
  private static int follow(Operation operation, Services services, Screen screen, String id) {
    JsonNode replay;
    try (ProgressLine progress = operation.progress("replay " + id)) {
      replay = services.writer().get(REPLAYS.child(id));
      while (goesOn(replay) && progress.waited()) {
        replay = services.writer().get(REPLAYS.child(id));
        progress.show(
            replay.path("done_batches").asLong(0),
            replay.path("batches").asLong(0),
            screen.messages().text("replay.failed", replay.path("failed_turns").asLong(0)));
      }
    }
    JsonNode last = replay;
    screen.show(last, () -> one(last, screen));
    return last.path("failed_turns").asLong(0) == 0 ? ExitCodes.OK : ExitCodes.NO;
  }

  private static boolean goesOn(JsonNode replay) {
    String state = replay.path("state").asString("");
    return state.equals("waiting") || state.equals("running");
  }

  private static void counted(JsonNode counted, Screen screen) {
    screen.say(
        "replay.counted",
        counted.path("turns").asLong(0),
        counted.path("chats").asLong(0),
        counted.path("batches").asLong(0));
    screen.say(
        "replay.cost", counted.path("model_calls").asLong(0), counted.path("tokens").asLong(0));
    if (counted.path("seconds_left").isNumber()) {
      Messages messages = screen.messages();
      screen.say("replay.time", messages.text("seconds", counted.path("seconds_left").asLong(0)));
    }
  }

  private static void text(JsonNode replays, Screen screen) {
    if (replays.isEmpty()) {
      screen.say("replay.none");
      return;
    }
    Messages messages = screen.messages();
    Table table = screen.table("replay", "mode", "state", "requested", "turns", "failed", "pace");
    for (JsonNode replay : replays) {
      table.row(
          Screen.cell(replay.path("id")),
          Screen.cell(replay.path("mode")),
          state(replay, messages),
          Screen.time(replay.path("created_at")),
          messages.text(
              "replay.of", replay.path("done_turns").asLong(0), replay.path("turns").asLong(0)),
          Screen.cell(replay.path("failed_turns")),
          pace(replay, messages));
    }
    screen.print(table);
  }

  private static String state(JsonNode replay, Messages messages) {
    String state = "replay.state." + replay.path("state").asString("");
    return messages.has(state) ? messages.text(state) : Screen.cell(replay.path("state"));
  }

  private static String pace(JsonNode replay, Messages messages) {
    long left = replay.path("seconds_left").asLong(0);
    return messages.text("replay.pace", Screen.cell(replay.path("batches_per_minute")))
        + (left > 0 ? messages.text("replay.left", messages.text("seconds", left)) : "");
  }

  private static void one(JsonNode replay, Screen screen) {
    text(Json.MAPPER.createArrayNode().add(replay), screen);
    if (replay.path("error").isString()) {
      screen.say("replay.error", Screen.cell(replay.path("error")));
    }
    if (replay.path("failed_turns").asLong(0) > 0) {
      screen.say("replay.what-failed", replay.path("failed_turns").asLong(0));
    }
    if (replay.path("held_turns").asLong(0) > 0) {
      screen.say("replay.what-is-held", replay.path("held_turns").asLong(0));
    }
  }
}
