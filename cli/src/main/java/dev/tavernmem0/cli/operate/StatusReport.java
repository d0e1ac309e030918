package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a look at everything has found.
 *
 * @param fates how many turns reached each fate; empty if the writer does not say
 */
record StatusReport(
    PartLook watcher, PartLook writer, PartLook retriever, Mem0Look mem0, Map<String, Long> fates) {

  StatusReport {
    fates = Map.copyOf(fates);
  }

  static StatusReport of(Services services) {
    PartLook watcher = PartLook.at(services.watcher());
    PartLook writer = PartLook.at(services.writer());
    PartLook retriever = PartLook.at(services.retriever());
    return new StatusReport(
        watcher, writer, retriever, Mem0Look.of(writer, retriever), fates(services, writer));
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
    return List.of(watcher, writer, retriever);
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
    parts().forEach(part -> json.set(part.endpoint().part().title(), part.json()));
    json.putObject("mem0").put("state", mem0.title()).put("why", mem0.why());
    json.set("fates", Json.MAPPER.valueToTree(fates));
    return json;
  }
}
