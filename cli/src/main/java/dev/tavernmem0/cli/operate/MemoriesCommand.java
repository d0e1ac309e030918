package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code tavern-mem0 memories}: what is remembered of a user, and having it forgotten, changed and
 * kept.
 */
@Command(name = "memories", mixinStandardHelpOptions = true)
public final class MemoriesCommand {
  private static final RequestPath MEMORIES = RequestPath.of("/v1/memories");

  /** As many as the retriever lists; it cannot be asked for one by its id. */
  private static final int MOST = 1000;

  /** Whose memories. */
  static final class Owner {
    @Option(
        names = {"--user", "--handle"},
        paramLabel = "HANDLE",
        defaultValue = "default-user")
    private String user = "";

    RequestPath of(RequestPath path) {
      return path.with("user_id", user);
    }

    ObjectNode body() {
      return Json.MAPPER.createObjectNode().put("user_id", user);
    }
  }

  /** Which of them. */
  static final class Narrowing {
    @Option(names = "--character", paramLabel = "NAME")
    private @Nullable String character;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "50")
    private int limit;

    RequestPath of(RequestPath path) {
      return path.with("agent_id", character).with("limit", limit);
    }
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int list(@Mixin Operation operation, @Mixin Owner owner, @Mixin Narrowing narrowing) {
    return operation.run(
        (services, screen) -> {
          JsonNode answer = services.retriever().get(narrowing.of(owner.of(MEMORIES)));
          screen.show(answer, () -> text(answer.path("memories"), screen));
          return ExitCodes.OK;
        });
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int search(
      @Mixin Operation operation,
      @Mixin Owner owner,
      @Mixin Narrowing narrowing,
      @Parameters(paramLabel = "WORDS", arity = "1..*") List<String> words) {
    return operation.run(
        (services, screen) -> {
          RequestPath path =
              narrowing.of(owner.of(MEMORIES)).with("query", String.join(" ", words));
          JsonNode answer = services.retriever().get(path);
          screen.show(answer, () -> text(answer.path("memories"), screen));
          return ExitCodes.OK;
        });
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int show(
      @Mixin Operation operation, @Mixin Owner owner, @Parameters(paramLabel = "ID") String id) {
    return operation.run(
        (services, screen) -> {
          JsonNode memory = memory(services, screen.messages(), owner, id);
          ObjectNode shown = (ObjectNode) memory.deepCopy();
          words(services, memory, shown);
          screen.show(shown, () -> one(shown, screen));
          return ExitCodes.OK;
        });
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int delete(
      @Mixin Operation operation,
      @Mixin Confirmation confirmation,
      @Mixin Owner owner,
      @Parameters(paramLabel = "ID") String id) {
    return operation.run(
        (services, screen) -> {
          if (!operation.confirmed(confirmation, screen.messages().text("memories.question", id))) {
            return ExitCodes.NO;
          }
          services.retriever().delete(owner.of(MEMORIES.child(id)));
          screen.show(
              Json.MAPPER.createObjectNode().put("deleted", id),
              () -> screen.say("memories.deleted", id));
          return ExitCodes.OK;
        });
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int add(
      @Mixin Operation operation,
      @Mixin Owner owner,
      @Option(names = "--character", paramLabel = "NAME") @Nullable String character,
      @Option(names = "--group", paramLabel = "ID") @Nullable String group,
      @Parameters(paramLabel = "TEXT") String text) {
    return operation.run(
        (services, screen) -> {
          if ((character == null) == (group == null)) {
            throw operation.wrongUsage(screen.messages().text("memories.whose"));
          }
          ObjectNode body = owner.body().put("text", text);
          body.put("agent_id", character).put("group_id", group);
          JsonNode answer = services.retriever().post(MEMORIES, body);
          String said = answer.path("stored").asBoolean(false) ? "added" : "there";
          screen.show(
              answer,
              () -> screen.say("memories." + said, Screen.cell(answer.path("memory").path("id"))));
          return ExitCodes.OK;
        });
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int edit(
      @Mixin Operation operation,
      @Mixin Owner owner,
      @Parameters(paramLabel = "ID") String id,
      @Parameters(paramLabel = "TEXT") String text) {
    return operation.run(
        (services, screen) -> {
          JsonNode answer =
              services.retriever().put(MEMORIES.child(id), owner.body().put("text", text));
          screen.show(answer, () -> screen.say("memories.edited", id));
          return ExitCodes.OK;
        });
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int pin(
      @Mixin Operation operation, @Mixin Owner owner, @Parameters(paramLabel = "ID") String id) {
    return operation.run(
        (services, screen) -> {
          services.retriever().put(owner.of(MEMORIES.child(id).child("pin")));
          screen.show(
              Json.MAPPER.createObjectNode().put("pinned", id),
              () -> screen.say("memories.pinned", id));
          return ExitCodes.OK;
        });
  }

  @Command(sortOptions = false, mixinStandardHelpOptions = true)
  int unpin(
      @Mixin Operation operation, @Mixin Owner owner, @Parameters(paramLabel = "ID") String id) {
    return operation.run(
        (services, screen) -> {
          services.retriever().delete(owner.of(MEMORIES.child(id).child("pin")));
          screen.show(
              Json.MAPPER.createObjectNode().put("unpinned", id),
              () -> screen.say("memories.unpinned", id));
          return ExitCodes.OK;
        });
  }

  /** Where they come from is worth telling even if the words cannot be told now. */
  private static void words(Services services, JsonNode memory, ObjectNode shown) {
    String batch = memory.path("source").path("batch_id").asString("");
    shown.putNull("words");
    if (batch.isEmpty()) {
      return;
    }
    try {
      shown.set(
          "words",
          services.writer().get(RequestPath.of("/v1/batches").child(batch).child("words")));
    } catch (OperateException e) {
      shown.put("words_failure", e.getMessage());
    }
  }

  private static JsonNode memory(Services services, Messages messages, Owner owner, String id) {
    return services
        .retriever()
        .get(owner.of(MEMORIES).with("limit", MOST))
        .path("memories")
        .valueStream()
        .filter(each -> each.path("id").asString("").equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new NotFoundException(
                    messages.text("memories.no-such", id, MOST),
                    messages.text("mend.no-such-memory")));
  }

  private static void text(JsonNode memories, Screen screen) {
    if (memories.isEmpty()) {
      screen.say("memories.none");
      return;
    }
    Table table = screen.table("memory", "said", "character", "text");
    for (JsonNode memory : memories) {
      table.row(
          Screen.cell(memory.path("id")),
          Screen.time(memory.path("source").path("sent_at")),
          Screen.cell(memory.path("agent_id")),
          Screen.cell(memory.path("text")));
    }
    screen.print(table);
  }

  private static void one(JsonNode memory, Screen screen) {
    JsonNode source = memory.path("source");
    screen.line(Screen.cell(memory.path("text")));
    screen.say(
        "memories.of", Screen.cell(memory.path("agent_id")), Screen.time(source.path("sent_at")));
    for (JsonNode kind : memory.path("kept")) {
      String key = "memories.kept." + kind.asString("");
      screen.line(screen.messages().has(key) ? screen.messages().text(key) : Screen.cell(kind));
    }
    if (source.path("chat_id").isString()) {
      screen.say(
          "memories.from",
          Screen.cell(source.path("chat_file")),
          Screen.cell(source.path("chat_id")));
      screen.say(
          "memories.turns",
          String.join(", ", source.path("turn_ids").valueStream().map(Screen::cell).toList()));
    }
    screen.say(
        "memories.stored",
        Screen.time(memory.path("created_at")),
        Screen.time(memory.path("updated_at")));
    words(memory, screen);
  }

  private static void words(JsonNode memory, Screen screen) {
    if (memory.has("words_failure")) {
      screen.say("memories.words.unknown", memory.path("words_failure").asString(""));
    }
    JsonNode words = memory.path("words");
    if (words.path("turns").isEmpty()) {
      return;
    }
    screen.say("memories.words");
    JsonNode chat = memory.path("source").path("chat_id");
    for (JsonNode turn : words.path("turns")) {
      if (turn.path("text").isString()) {
        boolean elsewhere = !turn.path("chat_id").equals(chat);
        screen.say(
            elsewhere ? "memories.words.elsewhere" : "memories.words.turn",
            Screen.cell(turn.path("name")),
            Screen.time(turn.path("sent_at")),
            Screen.cell(turn.path("chat_file")));
        turn.path("text")
            .asString("")
            .lines()
            .map(line -> line.replaceAll("\\s+", " ").stripTrailing())
            .filter(line -> !line.isBlank())
            .forEach(line -> screen.line("    " + line));
      } else {
        boolean gone = turn.path("gone").asBoolean(false);
        screen.say(
            gone ? "memories.words.gone" : "memories.words.not-in-log",
            Screen.cell(turn.path("turn_id")));
      }
    }
    if (words.path("cut").asBoolean(false)) {
      screen.say("memories.words.cut");
    }
  }
}
