package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tavern-mem0 verify}: whether files, log, ledger and mem0 say the same, and mending it. */
@Command(name = "verify", sortOptions = false, mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {
  private static final RequestPath SWEEP = RequestPath.of("/v1/sweep");

  /** So long nothing more is compared before it is given up. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Mixin private WriterOperation operation;

  @Option(names = "--repair")
  private boolean repair;

  @Option(names = "--delete-strangers")
  private boolean deleteStrangers;

  @Mixin private final Confirmation confirmation = new Confirmation();

  @SuppressWarnings("NullAway.Init") // picocli sets the operation before it calls anything
  public VerifyCommand() {}

  @Override
  public Integer call() {
    return operation.run(
        (services, screen) -> {
          if (deleteStrangers && !repair) {
            throw operation.wrongUsage(screen.messages().text("verify.only-with-repair"));
          }
          // Both at the same time; the watcher's takes longer.
          Comparison log = Comparison.begin(services.writer(), screen.messages());
          JsonNode files = compareFiles(services, screen.messages());
          JsonNode logged = result(log, "log and ledger");
          JsonNode mem0 = compareWithMem0(services);
          List<Finding> findings = Finding.all(files, logged, mem0);
          ObjectNode answer = Json.MAPPER.createObjectNode();
          answer.put("well", findings.isEmpty());
          answer.set("files_and_log", files);
          answer.set("log_and_ledger", logged);
          answer.set("ledger_and_mem0", mem0);
          Repairs repairs = new Repairs(services, files, logged, findings, operation::next);
          if (repair) {
            repair(repairs, mem0);
            answer.put("repair_failure", repairs.writerFailure());
            answer.put("snapshot_failure", repairs.watcherFailure());
          }
          answer.set("repairs", Json.MAPPER.valueToTree(repairs.followedBy()));
          screen.show(answer, () -> text(answer, findings, screen));
          return findings.isEmpty() ? ExitCodes.OK : ExitCodes.NO;
        });
  }

  /** What the watcher says; {@code failure} if that is not how files and log compare. */
  private JsonNode compareFiles(Services services, Messages messages) {
    try {
      return result(Comparison.begin(services.watcher(), messages), "files and log");
    } catch (OperateException e) {
      return Json.MAPPER.createObjectNode().put(Finding.FAILURE, e.brief());
    }
  }

  private JsonNode result(Comparison comparison, String task) {
    try (ProgressLine progress = operation.progress(task)) {
      return comparison.result(progress);
    }
  }

  private JsonNode compareWithMem0(Services services) {
    ServiceClient writer = services.writer();
    JsonNode paused = writer.get(RequestPath.of("/v1/status")).path("paused_by");
    if (paused.isString()) {
      ObjectNode found = (ObjectNode) writer.get(SWEEP);
      return found.put(Finding.FAILURE, "paused_by " + paused.asString());
    }
    JsonNode found = writer.post(SWEEP.with("dry_run", true));
    long compared = 0;
    Instant advanced = Instant.now();
    try (ProgressLine progress = operation.progress("ledger and mem0")) {
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
            .put(Finding.FAILURE, "nothing more was compared for " + PATIENCE.toSeconds() + " s")
        : found;
  }

  private static boolean isUnderWay(JsonNode sweep) {
    return sweep.path("compared").asLong(0) < sweep.path("scopes").asLong(0)
        && !sweep.path("last_error").isString();
  }

  private void repair(Repairs repairs, JsonNode mem0) {
    Messages messages = operation.messages();
    long strangers = mem0.path("strangers").asLong(0);
    if (deleteStrangers
        && strangers > 0
        && operation.confirmed(confirmation, messages.text("sweep.question", strangers))) {
      repairs.deleteStrangers(strangers);
    }
    repairs.begin(
        begun -> {
          boolean all = operation.confirmed(confirmation, messages.text("verify.question"));
          if (!all) {
            begun.publishesNotAll(messages.text("confirm.no"));
          }
          return all;
        });
  }

  private static void text(JsonNode answer, List<Finding> findings, Screen screen) {
    Messages messages = screen.messages();
    JsonNode files = answer.path("files_and_log");
    JsonNode log = answer.path("log_and_ledger");
    JsonNode mem0 = answer.path("ledger_and_mem0");
    if (files.path(Finding.FAILURE).isString()) {
      screen.say("verify.files-not");
    } else {
      screen.say("verify.files", files.path("turns").asLong(0), files.path("files").asLong(0));
      if (files.path("busy").asLong(0) > 0) {
        screen.say("verify.busy", files.path("busy").asLong(0));
      }
      if (files.path("unreadable_records").asLong(0) > 0) {
        screen.say("verify.unreadable", files.path("unreadable_records").asLong(0));
      }
    }
    if (log.path(Finding.FAILURE).isString()) {
      screen.say("verify.log-not");
    } else {
      screen.say("verify.log", log.path("turns").asLong(0), log.path("chats").asLong(0));
    }
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
    repairs(answer, screen);
  }

  private static void repairs(JsonNode answer, Screen screen) {
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
