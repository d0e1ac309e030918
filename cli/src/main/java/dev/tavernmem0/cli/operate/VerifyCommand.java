package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tavern-mem0 verify}: whether log, ledger and mem0 say the same, and mending it. */
@Command(name = "verify", sortOptions = false, mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {
  private static final RequestPath SWEEP = RequestPath.of("/v1/sweep");

  /** A snapshot takes chats by name; more are a snapshot of everything. */
  private static final int MOST_CHATS = 500;

  @Mixin private Operation operation;

  @Option(names = "--repair")
  private boolean repair;

  @SuppressWarnings("NullAway.Init") // picocli sets the operation before it calls anything
  public VerifyCommand() {}

  /** A kind of difference: how many there are, one of them, and what mends it. */
  private record Finding(String kind, long count, String example) {}

  @Override
  public Integer call() {
    return operation.run(
        (services, screen) -> {
          JsonNode log =
              services
                  .patientWriter()
                  .get(RequestPath.of("/v1/differences").with("limit", MOST_CHATS));
          JsonNode mem0 = compareWithMem0(services);
          List<Finding> findings = findings(log, mem0);
          ObjectNode answer = Json.MAPPER.createObjectNode();
          answer.put("well", findings.isEmpty());
          answer.set("log_and_ledger", log);
          answer.set("ledger_and_mem0", mem0);
          ArrayNode repairs = answer.putArray("repairs");
          if (repair) {
            repair(services, findings, log, repairs);
          }
          screen.show(answer, () -> text(log, mem0, findings, repairs, screen));
          return findings.isEmpty() ? ExitCodes.OK : ExitCodes.NO;
        });
  }

  private JsonNode compareWithMem0(Services services) {
    ServiceClient writer = services.writer();
    JsonNode found = writer.post(SWEEP);
    try (ProgressLine progress = operation.progress("mem0")) {
      do {
        found = writer.get(SWEEP);
        progress.show(found.path("compared").asLong(0), found.path("scopes").asLong(0), "");
      } while (isUnderWay(found) && progress.waited());
    }
    return found;
  }

  private static boolean isUnderWay(JsonNode sweep) {
    return sweep.path("compared").asLong(0) < sweep.path("scopes").asLong(0)
        && !sweep.path("last_error").isString();
  }

  private static List<Finding> findings(JsonNode log, JsonNode mem0) {
    List<Finding> findings = new ArrayList<>();
    log.path("counts")
        .forEachEntry(
            (kind, count) -> findings.add(new Finding(kind, count.asLong(0), example(log, kind))));
    long missing = mem0.path("missing_memories").asLong(0);
    if (missing > 0) {
      findings.add(new Finding("missing", missing, characterWith(mem0, "missing")));
    }
    long strangers = mem0.path("strangers").asLong(0);
    if (strangers > 0) {
      findings.add(new Finding("strangers", strangers, characterWith(mem0, "strangers")));
    }
    if (mem0.path("last_error").isString()) {
      findings.add(new Finding("not-compared", 1, Screen.cell(mem0.path("last_error"))));
    }
    return findings;
  }

  private static String example(JsonNode log, String kind) {
    return log.path("differences")
        .valueStream()
        .filter(difference -> difference.path("kind").asString("").equals(kind))
        .map(difference -> Screen.cell(difference.path("turn_id")))
        .findFirst()
        .orElse("");
  }

  private static String characterWith(JsonNode mem0, String field) {
    return mem0.path("findings")
        .valueStream()
        .filter(
            finding ->
                finding.path(field).isArray()
                    ? !finding.path(field).isEmpty()
                    : finding.path(field).asLong(0) > 0)
        .map(finding -> Screen.cell(finding.path("agent_id")))
        .findFirst()
        .orElse("");
  }

  private static void repair(
      Services services, List<Finding> findings, JsonNode log, ArrayNode repairs) {
    List<String> kinds = findings.stream().map(Finding::kind).toList();
    if (kinds.contains("without-fate") || kinds.contains("stale")) {
      ObjectNode body = Json.MAPPER.createObjectNode().put("mode", "missing");
      body.putArray("fates").add("none");
      String id =
          services.writer().post(RequestPath.of("/v1/replays"), body).path("id").asString("");
      repairs.add("tavern-mem0 replay show " + id);
    }
    if (kinds.contains("gone")) {
      ObjectNode body = Json.MAPPER.createObjectNode();
      List<String> chats =
          log.path("differences")
              .valueStream()
              .filter(difference -> difference.path("kind").asString("").equals("gone"))
              .map(difference -> difference.path("chat_id").asString(""))
              .distinct()
              .toList();
      if (chats.size() < MOST_CHATS) {
        body.set("chats", Json.MAPPER.valueToTree(chats));
      }
      String id =
          services.watcher().post(RequestPath.of("/v1/snapshots"), body).path("id").asString("");
      repairs.add("tavern-mem0 snapshot show " + id);
    }
    if (kinds.contains("missing")) {
      services.writer().post(RequestPath.of("/v1/requeues").with("missing", true));
      repairs.add("tavern-mem0 status");
    }
  }

  private static void text(
      JsonNode log, JsonNode mem0, List<Finding> findings, ArrayNode repairs, Screen screen) {
    Messages messages = screen.messages();
    screen.say("verify.log", log.path("turns").asLong(0), log.path("chats").asLong(0));
    screen.say("verify.mem0", mem0.path("compared").asLong(0), mem0.path("scopes").asLong(0));
    if (findings.isEmpty()) {
      screen.say("verify.well");
      return;
    }
    Table table = screen.table("difference", "count", "example", "mend");
    for (Finding finding : findings) {
      String key = "verify.kind." + finding.kind();
      table.row(
          messages.has(key) ? messages.text(key) : finding.kind(),
          Long.toString(finding.count()),
          finding.example(),
          messages.has(key) ? messages.text("verify.mend." + finding.kind()) : "");
    }
    screen.print(table);
    if (repairs.isEmpty()) {
      screen.say("verify.how");
    }
    repairs.forEach(each -> screen.say("verify.repairing", each.asString("")));
  }
}
