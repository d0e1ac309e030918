package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code tavern-mem0 import}: has memories of an exported file remembered, as if their user wrote
 * them. What is remembered already is not stored again, so it can be repeated.
 */
@Command(name = "import", sortOptions = false, mixinStandardHelpOptions = true)
public final class ImportCommand implements Callable<Integer> {
  /** Of lines that are left out, as many are told one by one. */
  private static final int MOST_TOLD = 20;

  private static final int SERVER_ERROR = 500;
  private static final String MEM0_REFUSES_IT = "mem0_refused";

  @Mixin private Operation operation;

  @Option(names = "--in", paramLabel = "FILE", required = true)
  private Path in = Path.of("");

  @Option(
      names = {"--user", "--handle"},
      paramLabel = "HANDLE")
  private @Nullable String user;

  @Option(names = "--all")
  private boolean all;

  @Option(names = "--dry-run")
  private boolean dryRun;

  @Mixin private Confirmation confirmation;

  @SuppressWarnings("NullAway.Init") // picocli sets the mixins before it calls anything
  public ImportCommand() {}

  @Override
  public Integer call() {
    return operation.run(
        (services, screen) -> {
          Messages messages = screen.messages();
          ImportPlan plan = ImportPlan.of(in, user, all, messages);
          ObjectNode counted = plan.json();
          if (dryRun) {
            screen.show(
                counted.put("dry_run", true),
                () -> {
                  counted(counted, screen);
                  screen.say("import.dry-run");
                });
            return plan.isSound() ? ExitCodes.OK : ExitCodes.NO;
          }
          if (!plan.wanted().isEmpty()) {
            String question = messages.text("import.question", plan.wanted().size());
            if (!operation.confirmed(confirmation, question)) {
              return ExitCodes.NO;
            }
          }
          return carryOut(plan, counted, services, screen);
        });
  }

  private int carryOut(ImportPlan plan, ObjectNode result, Services services, Screen screen) {
    ServiceClient retriever = services.retriever();
    ArrayNode refused = Json.MAPPER.createArrayNode();
    int stored = 0;
    int there = 0;
    int exitCode = plan.isSound() ? ExitCodes.OK : ExitCodes.NO;
    try (ProgressLine progress = operation.progress("import")) {
      for (ImportPlan.Wanted each : plan.wanted()) {
        try {
          JsonNode answer = retriever.post(RequestPath.of("/v1/memories"), each.request());
          if (answer.path("stored").asBoolean(false)) {
            stored++;
          } else {
            there++;
          }
        } catch (RefusedException e) {
          exitCode = ExitCodes.NO;
          if (!isOfThisLine(e)) {
            stopped(result, each, e);
            break;
          }
          refused.add(new ImportPlan.Fault(each.line(), detail(e)).json());
        } catch (NotReachableException e) {
          exitCode = e.exitCode();
          stopped(result, each, e);
          break;
        }
        progress.show(
            stored + there + refused.size(),
            plan.wanted().size(),
            screen.messages().text("import.refused-so-far", refused.size()));
      }
    }
    result.put("stored", stored).put("there", there);
    result.set("refused", refused);
    screen.show(result, () -> done(result, screen));
    return exitCode;
  }

  /** Whether it says no to this memory, and not to whatever it is asked. */
  private static boolean isOfThisLine(RefusedException e) {
    boolean fault = e.problem().path("status").asInt(0) >= SERVER_ERROR;
    boolean mem0Refuses = e.problem().path("degraded").asString("").equals(MEM0_REFUSES_IT);
    return !e.isForTheKey() && (!fault || mem0Refuses);
  }

  private static String detail(RefusedException e) {
    return e.problem().path("detail").asString("");
  }

  private static void stopped(ObjectNode result, ImportPlan.Wanted at, OperateException e) {
    result.put("stopped_at_line", at.line()).put("failure", e.getMessage());
  }

  private void counted(ObjectNode counted, Screen screen) {
    screen.say(
        "import.counted",
        in,
        counted.path("memories").asInt(0),
        counted.path("memories_of_chats").asInt(0),
        counted.path("batches").asInt(0));
    leftOut(counted.path("broken"), screen, true);
    for (var kind : counted.path("unknown").properties()) {
      screen.say("import.unknown", kind.getValue().asInt(0), kind.getKey());
    }
    if (counted.path("without_head").asBoolean(false)) {
      screen.say("import.without-head");
    }
    if (counted.path("cut_off").asBoolean(false)) {
      screen.say("import.cut-off");
    }
    counted.path("cut").forEach(each -> screen.say("import.cut", each.asString("")));
  }

  private void done(ObjectNode result, Screen screen) {
    counted(result, screen);
    leftOut(result.path("refused"), screen, false);
    screen.say(
        "import.done",
        result.path("stored").asInt(0),
        result.path("there").asInt(0),
        result.path("refused").size());
    if (result.has("failure")) {
      screen.say(
          "import.stopped",
          result.path("stopped_at_line").asInt(0),
          result.path("failure").asString(""));
    }
  }

  private static void leftOut(JsonNode lines, Screen screen, boolean ownReason) {
    Messages messages = screen.messages();
    lines
        .valueStream()
        .limit(MOST_TOLD)
        .forEach(
            line -> {
              String reason = line.path("reason").asString("");
              screen.say(
                  "import.left-out",
                  line.path("line").asInt(0),
                  ownReason ? messages.text("import.reason." + reason) : reason);
            });
    if (lines.size() > MOST_TOLD) {
      screen.say("import.more", lines.size() - MOST_TOLD);
    }
  }
}
