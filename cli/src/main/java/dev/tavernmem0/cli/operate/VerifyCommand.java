package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tavern-mem0 verify}: whether files, log, ledger and mem0 say the same, and mending it. */
@Command(name = "verify", sortOptions = false, mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {
  private static final RequestPath SWEEP = RequestPath.of("/v1/sweep");

  /** A snapshot takes chats by name; more are a snapshot of everything. */
  private static final int MOST_CHATS = 500;

  private static final RequestPath DIFFERENCES =
      RequestPath.of("/v1/differences").with("limit", MOST_CHATS);

  /** Before the kinds of differences between files and log: the ledger has kinds of that name. */
  private static final String FILES = "files-";

  private static final String FILES_NOT_COMPARED = FILES + "not-compared";

  private static final String FAILURE = "failure";

  /** So long nothing more is compared before it is given up. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Mixin private WriterOperation operation;

  @Option(names = "--repair")
  private boolean repair;

  @Mixin private final Confirmation confirmation = new Confirmation();

  @SuppressWarnings("NullAway.Init") // picocli sets the operation before it calls anything
  public VerifyCommand() {}

  /** A kind of difference: how many there are, one of them, and what mends it. */
  private record Finding(String kind, long count, String example) {}

  @Override
  public Integer call() {
    return operation.run(
        (services, screen) -> {
          JsonNode log = services.patientWriter().get(DIFFERENCES);
          JsonNode files = compareFiles(services);
          JsonNode mem0 = compareWithMem0(services);
          List<Finding> findings = findings(files, log, mem0);
          ObjectNode answer = Json.MAPPER.createObjectNode();
          answer.put("well", findings.isEmpty());
          answer.set("files_and_log", files);
          answer.set("log_and_ledger", log);
          answer.set("ledger_and_mem0", mem0);
          ArrayNode repairs = answer.putArray("repairs");
          if (repair) {
            answer.put("repair_failure", repair(services, findings, repairs));
            answer.put("snapshot_failure", publish(services, files, log, repairs));
          }
          screen.show(answer, () -> text(answer, findings, screen));
          return findings.isEmpty() ? ExitCodes.OK : ExitCodes.NO;
        });
  }

  /** What the watcher says; {@code failure} if that is not how files and log compare. */
  private static JsonNode compareFiles(Services services) {
    try {
      return services.log().get(DIFFERENCES);
    } catch (OperateException e) {
      return Json.MAPPER.createObjectNode().put("failure", e.brief());
    }
  }

  private JsonNode compareWithMem0(Services services) {
    ServiceClient writer = services.writer();
    JsonNode paused = writer.get(RequestPath.of("/v1/status")).path("paused_by");
    if (paused.isString()) {
      ObjectNode found = (ObjectNode) writer.get(SWEEP);
      return found.put(FAILURE, "paused_by " + paused.asString());
    }
    JsonNode found = writer.post(SWEEP);
    long compared = 0;
    Instant advanced = Instant.now();
    try (ProgressLine progress = operation.progress("mem0")) {
      do {
        found = writer.get(SWEEP);
        progress.show(found.path("compared").asLong(0), found.path("scopes").asLong(0), "");
        if (found.path("compared").asLong(0) > compared) {
          compared = found.path("compared").asLong(0);
          advanced = Instant.now();
        }
      } while (isUnderWay(found)
          && advanced.isAfter(Instant.now().minus(PATIENCE))
          && progress.waited());
    }
    // A character in which something is being written is not compared, however long that lasts.
    return isUnderWay(found)
        ? ((ObjectNode) found)
            .put(FAILURE, "nothing more was compared for " + PATIENCE.toSeconds() + " s")
        : found;
  }

  private static boolean isUnderWay(JsonNode sweep) {
    return sweep.path("compared").asLong(0) < sweep.path("scopes").asLong(0)
        && !sweep.path("last_error").isString();
  }

  private static List<Finding> findings(JsonNode files, JsonNode log, JsonNode mem0) {
    List<Finding> findings = new ArrayList<>();
    files
        .path("counts")
        .forEachEntry(
            (kind, count) ->
                findings.add(new Finding(FILES + kind, count.asLong(0), chatWith(files, kind))));
    if (files.path("failure").isString()) {
      findings.add(new Finding(FILES_NOT_COMPARED, 1, Screen.cell(files.path("failure"))));
    } else if (files.path("not_compared").asLong(0) > 0) {
      findings.add(new Finding(FILES_NOT_COMPARED, files.path("not_compared").asLong(0), ""));
    }
    if (files.path("unreadable_records").asLong(0) > 0) {
      findings.add(
          new Finding(FILES + "unreadable", files.path("unreadable_records").asLong(0), ""));
    }
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
    if (mem0.path(FAILURE).isString()) {
      findings.add(new Finding("not-compared", 1, Screen.cell(mem0.path(FAILURE))));
    } else if (mem0.path("last_error").isString()) {
      findings.add(new Finding("not-compared", 1, Screen.cell(mem0.path("last_error"))));
    }
    return findings;
  }

  private static String chatWith(JsonNode files, String kind) {
    return files
        .path("differences")
        .valueStream()
        .filter(difference -> difference.path("kind").asString("").equals(kind))
        .map(VerifyCommand::chat)
        .findFirst()
        .orElse("");
  }

  /** As a snapshot takes it: by its id or, if it has none yet, by its file. */
  private static String chat(JsonNode difference) {
    JsonNode id = difference.path("chat_id");
    String file = difference.path("file").asString("");
    return id.isString()
        ? id.asString("")
        : file.substring(file.lastIndexOf('/') + 1).replaceFirst("[.]jsonl$", "");
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

  /** What the writer can mend; tells the reason if it does not. */
  private @Nullable String repair(Services services, List<Finding> findings, ArrayNode repairs) {
    try {
      repairLedger(services, findings, repairs);
      return null;
    } catch (OperateException e) {
      return e.brief();
    }
  }

  private void repairLedger(Services services, List<Finding> findings, ArrayNode repairs) {
    List<String> kinds = findings.stream().map(Finding::kind).toList();
    if (kinds.contains("without-fate") || kinds.contains("stale")) {
      ObjectNode body = Json.MAPPER.createObjectNode().put("mode", "missing");
      body.putArray("fates").add("none");
      String id =
          services.writer().post(RequestPath.of("/v1/replays"), body).path("id").asString("");
      repairs.add(operation.next("replay show " + id));
    }
    if (kinds.contains("missing")) {
      services.writer().post(RequestPath.of("/v1/requeues").with("missing", true));
      repairs.add(operation.next("status"));
    }
  }

  /** Has the chats published again; tells the reason if the watcher does not. */
  private @Nullable String publish(
      Services services, JsonNode files, JsonNode log, ArrayNode repairs) {
    List<String> chats =
        Stream.concat(
                chats(files, VerifyCommand::isMendedInFiles),
                chats(log, VerifyCommand::isMendedInLedger))
            .distinct()
            .toList();
    if (chats.isEmpty()) {
      return null;
    }
    boolean all =
        chats.size() <= MOST_CHATS
            && tellsAll(files, VerifyCommand::isMendedInFiles)
            && tellsAll(log, VerifyCommand::isMendedInLedger);
    ObjectNode body = Json.MAPPER.createObjectNode();
    if (all) {
      body.set("chats", Json.MAPPER.valueToTree(chats));
    } else if (!operation.confirmed(confirmation, operation.messages().text("verify.question"))) {
      return operation.messages().text("confirm.no");
    }
    try {
      JsonNode snapshot = services.watcher().post(RequestPath.of("/v1/snapshots"), body);
      repairs.add("tavern-mem0 snapshot show " + snapshot.path("id").asString(""));
      return null;
    } catch (OperateException e) {
      return e.brief();
    }
  }

  /** Whether a snapshot mends it. */
  private static boolean isMendedInFiles(String kind) {
    return !kind.equals("file-gone");
  }

  private static boolean isMendedInLedger(String kind) {
    return kind.equals("gone");
  }

  private static Stream<String> chats(JsonNode answer, Predicate<String> kinds) {
    return answer
        .path("differences")
        .valueStream()
        .filter(difference -> kinds.test(difference.path("kind").asString("")))
        .map(VerifyCommand::chat);
  }

  /** Whether no chat is left out because there are so many. */
  private static boolean tellsAll(JsonNode answer, Predicate<String> kinds) {
    return answer.path("counts").properties().stream()
        .filter(count -> kinds.test(count.getKey()))
        .allMatch(count -> count.getValue().asLong(0) <= MOST_CHATS);
  }

  private static void text(JsonNode answer, List<Finding> findings, Screen screen) {
    Messages messages = screen.messages();
    JsonNode files = answer.path("files_and_log");
    JsonNode log = answer.path("log_and_ledger");
    JsonNode mem0 = answer.path("ledger_and_mem0");
    if (files.path("failure").isString()) {
      screen.say("verify.files-not");
    } else {
      screen.say("verify.files", files.path("turns").asLong(0), files.path("files").asLong(0));
      if (files.path("busy").asLong(0) > 0) {
        screen.say("verify.busy", files.path("busy").asLong(0));
      }
    }
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
    JsonNode repairs = answer.path("repairs");
    JsonNode failure = answer.path("snapshot_failure");
    if (repairs.isEmpty() && !failure.isString()) {
      screen.say("verify.how");
    }
    repairs.forEach(each -> screen.say("verify.repairing", each.asString("")));
    JsonNode repairFailure = answer.path("repair_failure");
    if (repairFailure.isString()) {
      screen.say("verify.no-repair", repairFailure.asString(""));
    }
    if (failure.isString()) {
      screen.say("verify.no-snapshot", failure.asString(""));
    }
  }
}
