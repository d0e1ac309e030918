package dev.tavernmem0.cli.run;

import dev.tavernmem0.cli.operate.Operator;
import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.testkit.kafka.TopicReader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a pipeline that runs has: what a restart, or another release, must not change. */
final class Inventory {
  private Inventory() {}

  /**
   * Asks for all of it.
   *
   * @param operator whose data directory is the pipeline's
   */
  static ObjectNode of(Operator operator, String bootstrapServers) {
    ObjectNode inventory = Json.MAPPER.createObjectNode();
    inventory.put("turn_events", new TopicReader(bootstrapServers).turnEvents().size());
    inventory.put("paused_by", writer(operator).path("paused_by").asString(""));
    inventory.set("fates", Json.MAPPER.valueToTree(fates(operator)));
    inventory.set(
        "memories",
        sorted(json(operator, "memories", "list", "--limit=1000").path("memories"), "id", "text"));
    inventory.set("holds", sorted(json(operator, "holds", "list"), "chat_id", "reason"));
    inventory.set("dead", sorted(json(operator, "dead", "list"), "chat_id", "turns"));
    inventory.set("replays", sorted(json(operator, "replay", "list"), "id", "state"));
    inventory.set(
        "snapshots", sorted(json(operator, "snapshot", "list").path("snapshots"), "id", "state"));
    return inventory;
  }

  /** The fate of each turn. */
  private static Map<String, String> fates(Operator operator) {
    Map<String, String> fates = new TreeMap<>();
    for (JsonNode chat : json(operator, "chats")) {
      for (JsonNode turn : json(operator, "turns", chat.path("chat_id").asString())) {
        String reason = turn.path("reason").asString("");
        fates.put(
            turn.path("turn_id").asString(),
            turn.path("fate").asString() + (reason.isEmpty() ? "" : ": " + reason));
      }
    }
    return fates;
  }

  private static JsonNode sorted(JsonNode all, String key, String value) {
    Map<String, JsonNode> sorted = new TreeMap<>();
    all.forEach(each -> sorted.put(each.path(key).asString(), each.path(value)));
    return Json.MAPPER.valueToTree(sorted);
  }

  /** What a command answers that has to be carried out. */
  static JsonNode json(Operator operator, String... command) {
    List<String> arguments = Stream.concat(Stream.of(command), Stream.of("--output=json")).toList();
    return operator.runs(arguments.toArray(String[]::new)).exits(0).json();
  }

  /** The writer's status, whether all is well or not. */
  static JsonNode writer(Operator operator) {
    return operator.runs("status", "--output=json").json().path("writer").path("status");
  }

  /** Whether the writer has nothing to do. */
  static boolean isAtRest(Operator operator) {
    JsonNode status = writer(operator);
    return Stream.of("pending_turns", "backlog_turns", "in_flight", "lag")
        .allMatch(field -> status.path(field).asInt(1) == 0);
  }

  /** Whether all services are up, and the watcher has looked at everything. */
  static boolean isUp(Operator operator) {
    Operator.Result status = operator.runs("status", "--output=json");
    if (status.exitCode() > 1) {
      return false;
    }
    JsonNode services = status.json();
    return Stream.of("watcher", "writer", "retriever")
            .allMatch(
                it -> services.path(it).path("health").path("status").asString("").equals("UP"))
        && services.path("watcher").path("status").path("snapshot").asString("").equals("done")
        && services.path("writer").path("status").path("state").asString("").equals("RUNNING");
  }
}
