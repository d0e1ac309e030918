package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tavern-mem0 forget}: what was said is as if it had never been. */
@Command(name = "forget", sortOptions = false, mixinStandardHelpOptions = true)
public final class ForgetCommand implements Callable<Integer> {
  private static final RequestPath FORGETS = RequestPath.of("/v1/forgets");
  private static final RequestPath MEMORIES = RequestPath.of("/v1/memories");

  /** Selecting, taking back, erasing. */
  private static final int STEPS = 3;

  @Mixin private WriterOperation operation;

  @Option(
      names = {"--handle", "--user"},
      paramLabel = "HANDLE")
  private @Nullable String handle;

  @Option(names = "--character", paramLabel = "NAME")
  private @Nullable String character;

  @Option(names = "--group", paramLabel = "ID")
  private @Nullable String group;

  @Option(names = "--chat", paramLabel = "CHAT")
  private @Nullable String chat;

  @Option(names = "--turn", paramLabel = "ID")
  private @Nullable String turn;

  @Option(names = "--memory", paramLabel = "ID")
  private @Nullable String memory;

  @Option(names = "--copies")
  private boolean copies;

  @Option(names = "--dry-run")
  private boolean dryRun;

  @Option(names = "--follow")
  private boolean follow;

  @Mixin private Confirmation confirmation;

  @SuppressWarnings("NullAway.Init") // picocli sets the mixins before it calls anything
  public ForgetCommand() {}

  @Override
  public Integer call() {
    return operation.run(
        (services, screen) -> {
          boolean ofTurns =
              Stream.of(character, group, chat, turn).anyMatch(Objects::nonNull)
                  || (handle != null && memory == null);
          boolean isClear = memory == null ? ofTurns : !ofTurns && !copies && !dryRun && !follow;
          if (!isClear) {
            throw operation.wrongUsage(screen.messages().text("forget.unclear"));
          }
          return memory == null
              ? turns(services, screen)
              : memory(services, screen, Objects.requireNonNull(memory));
        });
  }

  private int memory(Services services, Screen screen, String id) {
    if (services.areOfTarget()) {
      throw operation.wrongUsage(screen.messages().text("forget.target"));
    }
    if (!operation.confirmed(confirmation, screen.messages().text("memories.question", id))) {
      return ExitCodes.NO;
    }
    String user = handle == null ? "default-user" : handle;
    services.retriever().delete(MEMORIES.child(id).with("user_id", user));
    screen.show(
        Json.MAPPER.createObjectNode().put("deleted", id),
        () -> screen.say("memories.deleted", id));
    return ExitCodes.OK;
  }

  private int turns(Services services, Screen screen) {
    ObjectNode body = body(services, screen.messages());
    if (dryRun || !confirmation.isGiven()) {
      JsonNode counted =
          services.patientWriter().post(FORGETS, body.deepCopy().put("dry_run", true));
      if (dryRun) {
        screen.show(counted, () -> counted(counted, screen));
        return ExitCodes.OK;
      }
      String question =
          screen
              .messages()
              .text(
                  "forget.question",
                  counted.path("turns").asLong(0),
                  counted.path("chats").asLong(0),
                  counted.path("memories").asLong(0));
      if (!operation.confirmed(confirmation, question)) {
        return ExitCodes.NO;
      }
    }
    JsonNode started = services.writer().post(FORGETS, body);
    String id = started.path("id").asString("");
    if (follow) {
      return follow(operation, services, screen, id);
    }
    screen.show(started, () -> screen.say("forget.started", operation.next("forget show " + id)));
    return ExitCodes.OK;
  }

  private ObjectNode body(Services services, Messages messages) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.put("handle", handle);
    body.put("character", character);
    body.put("group", group);
    body.put("chat_id", chat == null ? null : chatId(services, messages, chat));
    body.put("turn_id", turn);
    body.put("copies", copies);
    return body;
  }

  /** The writer need not know it: it may be gone for long. */
  private static String chatId(Services services, Messages messages, String name) {
    ChatNames known = ChatNames.of(services, messages);
    return name.contains(":") && !known.isKnown(name) ? name : known.idOf(name);
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int list(@Mixin WriterOperation listing) {
    return listing.run(
        (services, screen) -> {
          JsonNode forgets = services.writer().list(FORGETS);
          screen.show(forgets, () -> text(forgets, screen));
          return ExitCodes.OK;
        });
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int show(
      @Mixin WriterOperation showing,
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--follow") boolean toTheEnd) {
    return showing.run(
        (services, screen) -> {
          if (toTheEnd) {
            return follow(showing, services, screen, id);
          }
          JsonNode forget = services.writer().get(FORGETS.child(id));
          screen.show(forget, () -> one(forget, screen));
          return ExitCodes.OK;
        });
  }

  /** Until it is done; ending the command leaves it alone. */
  private static int follow(Operation operation, Services services, Screen screen, String id) {
    JsonNode forget;
    try (ProgressLine progress = operation.progress("forget " + id)) {
      forget = services.writer().get(FORGETS.child(id));
      while (step(forget) < STEPS && progress.waited()) {
        forget = services.writer().get(FORGETS.child(id));
        progress.show(step(forget), STEPS, state(forget, screen.messages()));
      }
    }
    JsonNode last = forget;
    screen.show(last, () -> one(last, screen));
    boolean isAllGone = step(last) == STEPS && last.path("not_erasable").asLong(0) == 0;
    return isAllGone ? ExitCodes.OK : ExitCodes.NO;
  }

  private static int step(JsonNode forget) {
    return switch (forget.path("state").asString("")) {
      case "taking_back" -> 1;
      case "erasing" -> 2;
      case "completed" -> STEPS;
      default -> 0;
    };
  }

  private static void counted(JsonNode counted, Screen screen) {
    screen.say(
        "forget.counted",
        counted.path("turns").asLong(0),
        counted.path("chats").asLong(0),
        counted.path("memories").asLong(0),
        counted.path("records").asLong(0));
    screen.say("forget.nothing-yet");
    screen.say("forget.out-of-reach");
  }

  private static void text(JsonNode forgets, Screen screen) {
    if (forgets.isEmpty()) {
      screen.say("forget.none");
      return;
    }
    Table table = screen.table("forget", "state", "requested", "turns", "chats", "memories");
    for (JsonNode forget : forgets) {
      table.row(
          Screen.cell(forget.path("id")),
          state(forget, screen.messages()),
          Screen.time(forget.path("created_at")),
          Screen.cell(forget.path("turns")),
          Screen.cell(forget.path("chats")),
          Screen.cell(forget.path("memories")));
    }
    screen.print(table);
  }

  private static String state(JsonNode forget, Messages messages) {
    String state = "forget.state." + forget.path("state").asString("");
    return messages.has(state) ? messages.text(state) : Screen.cell(forget.path("state"));
  }

  private static void one(JsonNode forget, Screen screen) {
    text(Json.MAPPER.createArrayNode().add(forget), screen);
    if (forget.path("error").isString()) {
      screen.say("forget.error", Screen.cell(forget.path("error")));
    }
    if (step(forget) == STEPS) {
      screen.say("forget.erased", forget.path("records").asLong(0));
      screen.say("forget.out-of-reach");
    }
    if (forget.path("not_erasable").asLong(0) > 0) {
      screen.say("forget.not-erasable", forget.path("not_erasable").asLong(0));
    }
  }
}
