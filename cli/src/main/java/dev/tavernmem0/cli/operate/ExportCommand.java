package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.json.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code tavern-mem0 export}: batches of the ledger and memories as lines of JSON. The format is
 * documented in {@code docs/operations.md}.
 */
@Command(name = "export", sortOptions = false, mixinStandardHelpOptions = true)
public final class ExportCommand implements Callable<Integer> {
  static final String FORMAT = "tavern-mem0-export";
  static final int VERSION = 1;

  /** As many as the retriever lists at a time. */
  private static final int MOST = 1000;

  /** What mem0 1.x lists of a character, whatever it is asked for. */
  private static final int MOST_OF_1X = 100;

  private static final int BATCHES_AT_A_TIME = 500;

  @Mixin private Operation operation;

  @Option(names = "--user", paramLabel = "HANDLE")
  private @Nullable String user;

  @Option(names = "--out", paramLabel = "FILE", required = true)
  private Path out = Path.of("");

  @Option(names = "--force")
  private boolean force;

  @SuppressWarnings("NullAway.Init") // picocli sets the operation before it calls anything
  public ExportCommand() {}

  @Override
  public Integer call() {
    return operation.run(
        (services, screen) -> {
          ObjectNode end =
              new OutputFile(out, force, screen.messages()).write(file -> export(services, file));
          screen.show(
              end,
              () -> {
                screen.say(
                    "export.done",
                    out,
                    end.path("batches").asLong(0),
                    end.path("memories").asLong(0));
                for (JsonNode cut : end.path("cut")) {
                  screen.say("export.cut", Screen.cell(cut), MOST, MOST_OF_1X);
                }
              });
          return end.path("cut").isEmpty() ? ExitCodes.OK : ExitCodes.NO;
        });
  }

  private ObjectNode export(Services services, OutputStream file) throws IOException {
    BufferedOutputStream lines = new BufferedOutputStream(file);
    ObjectNode first = Json.MAPPER.createObjectNode();
    first.put("format", FORMAT).put("version", VERSION);
    first.put("exported_at", Instant.now().toString()).put("user", user);
    line(lines, first);
    long batches = batches(services, lines);
    ObjectNode end = Json.MAPPER.createObjectNode();
    end.put("type", "end").put("batches", batches);
    Set<String> ids = new HashSet<>();
    ArrayNode cut = Json.MAPPER.createArrayNode();
    Map<String, Set<String>> characters = characters(services);
    for (String handle : characters.keySet()) {
      boolean isCut = memories(services, handle, null, ids, lines) == MOST;
      for (String character : characters.get(handle)) {
        // mem0 1.x lists few at a time, whoever's they are.
        int listed = memories(services, handle, character, ids, lines);
        isCut |= listed == MOST || listed == MOST_OF_1X;
      }
      if (isCut) {
        cut.add(handle);
      }
    }
    end.put("memories", ids.size());
    end.set("cut", cut);
    line(lines, end);
    lines.flush();
    return end;
  }

  /** Of those who have chats, as SillyTavern names them, and of who is asked for, the agent ids. */
  private Map<String, Set<String>> characters(Services services) {
    Map<String, Set<String>> characters = new TreeMap<>();
    if (user != null) {
      characters.put(user, new TreeSet<>());
    }
    for (JsonNode chat : services.writer().list(RequestPath.of("/v1/chats"))) {
      String handle = Mem0Ids.name(chat.path("user_id").asString(""));
      if (user == null || user.equals(handle)) {
        characters
            .computeIfAbsent(handle, any -> new TreeSet<>())
            .add(chat.path("agent_id").asString(""));
      }
    }
    return characters;
  }

  private static int memories(
      Services services,
      String handle,
      @Nullable String character,
      Set<String> ids,
      OutputStream lines)
      throws IOException {
    JsonNode memories =
        services
            .retriever()
            .get(
                RequestPath.of("/v1/memories")
                    .with("user_id", handle)
                    .with("agent_id", character)
                    .with("limit", MOST))
            .path("memories");
    for (JsonNode memory : memories) {
      if (ids.add(memory.path("id").asString(""))) {
        line(lines, typed("memory", memory).put("user", handle));
      }
    }
    return memories.size();
  }

  private long batches(Services services, OutputStream lines) throws IOException {
    RequestPath all =
        RequestPath.of("/v1/batches")
            .with("user_id", user == null ? null : Mem0Ids.user(user))
            .with("limit", BATCHES_AT_A_TIME);
    long batches = 0;
    String after = null;
    do {
      JsonNode page = services.writer().get(all.with("after", after));
      for (JsonNode batch : page.path("batches")) {
        line(lines, typed("batch", batch));
        batches++;
      }
      after = page.path("next").isString() ? page.path("next").asString() : null;
    } while (after != null);
    return batches;
  }

  private static ObjectNode typed(String type, JsonNode what) {
    ObjectNode line = Json.MAPPER.createObjectNode().put("type", type);
    line.setAll((ObjectNode) what);
    return line;
  }

  private static void line(OutputStream lines, JsonNode json) throws IOException {
    lines.write(Json.MAPPER.writeValueAsBytes(json));
    lines.write('\n');
  }
}
