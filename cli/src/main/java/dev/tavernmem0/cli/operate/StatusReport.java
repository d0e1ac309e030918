package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a look at everything has found.
 *
 * @param writer of the mem0 that serves, or of the target if that was asked for
 * @param retriever null if the target was asked for: it has none
 * @param other the target's writer, if it is there beside the one that was asked; otherwise null
 * @param fates how many turns reached each fate; empty if the writer does not say
 */
record StatusReport(
    PartLook watcher,
    PartLook writer,
    @Nullable PartLook retriever,
    @Nullable PartLook other,
    Mem0Look mem0,
    Map<String, Long> fates) {

  StatusReport {
    fates = Map.copyOf(fates);
  }

  static StatusReport of(Services services) {
    PartLook watcher = PartLook.at(services.watcher());
    PartLook writer = PartLook.at(services.writer());
    PartLook retriever = services.areOfTarget() ? null : PartLook.at(services.retriever());
    PartLook other = services.otherWriter().map(PartLook::at).orElse(null);
    return new StatusReport(
        watcher,
        writer,
        retriever,
        // The last run may have had a target, and this one none.
        other == null || !other.isReachable() ? null : other,
        Mem0Look.of(writer, retriever),
        fates(services, writer));
  }

  /** Not known while the writer reads its ledger; its status says so then. */
  private static Map<String, Long> fates(Services services, PartLook writer) {
    if (writer.failure() != null) {
      return Map.of();
    }
    try {
      return FateNames.sum(services.writer().list(RequestPath.of("/v1/chats")));
    } catch (OperateException e) {
      return Map.of();
    }
  }

  List<PartLook> parts() {
    return Stream.of(watcher, writer, retriever).filter(Objects::nonNull).toList();
  }

  /** Whether anything answers. */
  boolean isReachable() {
    return parts().stream().anyMatch(PartLook::isReachable);
  }

  /** Nothing answers, one part does and is not well, or all is well. */
  int exitCode() {
    if (!isReachable()) {
      return ExitCodes.NOT_REACHABLE;
    }
    return parts().stream().allMatch(PartLook::isWell) && !mem0.isDown()
        ? ExitCodes.OK
        : ExitCodes.NO;
  }

  JsonNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("well", exitCode() == ExitCodes.OK);
    json.set("watcher", watcher.json());
    json.set("writer", writer.json());
    json.set("retriever", retriever == null ? Json.MAPPER.nullNode() : retriever.json());
    json.set("target_writer", other == null ? Json.MAPPER.nullNode() : other.json());
    json.putObject("mem0").put("state", mem0.title()).put("why", mem0.why());
    json.set("fates", Json.MAPPER.valueToTree(fates));
    return json;
  }
}
