package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What of an exported file is to be remembered, and what of it is not, and why. Not thread-safe.
 */
final class ImportPlan {
  private static final String GROUP = "group:";

  private final @Nullable String userOtherwise;
  private final boolean all;
  private final List<Wanted> wanted = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private final Map<String, Integer> unknown = new TreeMap<>();
  private @Nullable String userOfFile;
  private int ofChats;
  private int batches;
  private final List<String> cut = new ArrayList<>();
  private boolean begun;
  private boolean whole;

  /** A memory, as the retriever is asked to remember it. */
  record Wanted(int line, ObjectNode request) {}

  /** A line that is left out. */
  record Fault(int line, String reason) {
    ObjectNode json() {
      return Json.MAPPER.createObjectNode().put("line", line).put("reason", reason);
    }
  }

  private ImportPlan(@Nullable String userOtherwise, boolean all) {
    this.userOtherwise = userOtherwise;
    this.all = all;
  }

  /**
   * Reads a file.
   *
   * @param userOtherwise whose memories they are that do not say it
   * @param all whether those too that come from chats
   * @throws NotReadException if it cannot be read, or is of another format
   */
  static ImportPlan of(Path file, @Nullable String userOtherwise, boolean all, Messages messages) {
    ImportPlan plan = new ImportPlan(userOtherwise, all);
    try (ExportedLines lines = new ExportedLines(file)) {
      Optional<ExportedLines.Line> line = lines.next();
      while (line.isPresent()) {
        plan.take(line.get(), file, messages);
        line = lines.next();
      }
    } catch (IOException e) {
      throw new NotReadException(
          file, messages.text("import.unreadable", file), messages.text("mend.import"));
    }
    return plan;
  }

  private void take(ExportedLines.Line line, Path file, Messages messages) {
    JsonNode json = line.json();
    if (json == null) {
      faults.add(new Fault(line.number(), line.fault()));
      return;
    }
    if (json.has("format")) {
      begin(json, file, messages);
      return;
    }
    String type = json.path("type").asString("");
    switch (type) {
      case "memory" -> memory(line.number(), json);
      case "batch" -> batches++;
      case "end" -> end(json);
      default -> unknown.merge(type, 1, Integer::sum);
    }
  }

  private void begin(JsonNode first, Path file, Messages messages) {
    String format = first.path("format").asString("");
    int version = first.path("version").asInt(0);
    if (!format.equals(ExportCommand.FORMAT) || version != ExportCommand.VERSION) {
      throw new NotReadException(
          file,
          messages.text("import.other", file, ExportCommand.FORMAT, ExportCommand.VERSION),
          messages.text("mend.import"));
    }
    begun = true;
    userOfFile = first.path("user").isString() ? first.path("user").asString() : null;
  }

  private void end(JsonNode last) {
    whole = true;
    last.path("cut").forEach(user -> cut.add(user.asString("")));
  }

  private void memory(int number, JsonNode memory) {
    if (!all && memory.path("kept").isEmpty()) {
      ofChats++;
      return;
    }
    String text = memory.path("text").asString("");
    String agent = memory.path("agent_id").asString("");
    String user = user(memory);
    String fault =
        text.isBlank()
            ? "no-text"
            : agent.isBlank() || agent.equals(GROUP)
                ? "no-character"
                : user == null ? "no-user" : "";
    if (!fault.isEmpty()) {
      faults.add(new Fault(number, fault));
      return;
    }
    ObjectNode request = Json.MAPPER.createObjectNode().put("user_id", user).put("text", text);
    if (agent.startsWith(GROUP)) {
      request.put("group_id", agent.substring(GROUP.length()));
    } else {
      request.put("agent_id", agent);
    }
    String said = time(memory.path("source").path("sent_at"), memory.path("created_at"));
    if (said != null) {
      request.put("said_at", said);
    }
    wanted.add(new Wanted(number, request));
  }

  private @Nullable String user(JsonNode memory) {
    String own = memory.path("user").asString("");
    if (!own.isBlank()) {
      return own;
    }
    return userOfFile == null ? userOtherwise : userOfFile;
  }

  private static @Nullable String time(JsonNode... candidates) {
    for (JsonNode candidate : candidates) {
      try {
        return Instant.parse(candidate.asString("")).toString();
      } catch (DateTimeParseException e) {
        // The next one, or none: then it is as old as its import.
      }
    }
    return null;
  }

  List<Wanted> wanted() {
    return wanted;
  }

  /** Whether all that there was to export is in the file, and could be read. */
  boolean isSound() {
    return begun && whole && cut.isEmpty() && faults.isEmpty();
  }

  /** For programs. */
  ObjectNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("memories", wanted.size());
    json.put("memories_of_chats", ofChats);
    json.put("batches", batches);
    json.set("unknown", Json.MAPPER.valueToTree(unknown));
    ArrayNode broken = Json.MAPPER.createArrayNode();
    faults.forEach(fault -> broken.add(fault.json()));
    json.set("broken", broken);
    json.put("without_head", !begun);
    json.put("cut_off", !whole);
    json.set("cut", Json.MAPPER.valueToTree(cut));
    return json;
  }
}
