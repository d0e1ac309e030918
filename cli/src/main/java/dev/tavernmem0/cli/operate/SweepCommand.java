package dev.tavernmem0.cli.operate;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code tavern-mem0 sweep}: how what mem0 holds compares with what was written. */
@Command(name = "sweep", sortOptions = false, mixinStandardHelpOptions = true)
public final class SweepCommand implements Callable<Integer> {
  private static final RequestPath SWEEP = RequestPath.of("/v1/sweep");

  @Mixin private WriterOperation operation;

  @Option(names = "--start")
  private boolean start;

  @Option(names = "--delete-strangers")
  private boolean deleteStrangers;

  @Mixin private final Confirmation confirmation = new Confirmation();

  @SuppressWarnings("NullAway.Init") // picocli sets the operation before it calls anything
  public SweepCommand() {}

  @Override
  public Integer call() {
    return operation.run(
        (services, screen) -> {
          if (deleteStrangers) {
            return deleteStrangers(services.writer(), screen);
          }
          JsonNode found = start ? services.writer().post(SWEEP) : services.writer().get(SWEEP);
          screen.show(found, () -> text(found, screen));
          return ExitCodes.OK;
        });
  }

  /** Those that were found, and no others: they may be another program's. */
  private int deleteStrangers(ServiceClient writer, Screen screen) {
    if (!start) {
      throw operation.wrongUsage(screen.messages().text("sweep.only-with-start"));
    }
    long strangers = writer.get(SWEEP).path("strangers").asLong(0);
    String question = screen.messages().text("sweep.question", strangers);
    if (strangers > 0 && !operation.confirmed(confirmation, question)) {
      return ExitCodes.NO;
    }
    JsonNode begun = writer.post(SWEEP.with("delete_strangers", strangers > 0 ? strangers : null));
    screen.show(
        begun,
        () -> screen.say(strangers > 0 ? "sweep.deleting" : "sweep.no-strangers", strangers));
    return ExitCodes.OK;
  }

  private void text(JsonNode found, Screen screen) {
    if (start) {
      screen.say("sweep.started");
      return;
    }
    screen.say(
        "sweep.compared",
        found.path("compared").asInt(0),
        found.path("scopes").asInt(0),
        Screen.time(found.path("last_ended_at")));
    screen.say("sweep.mended", found.path("deleted").asLong(0), found.path("adopted").asLong(0));
    if (found.path("last_error").isString()) {
      screen.say("sweep.error", Screen.cell(found.path("last_error")));
    }
    if (found.path("findings").isEmpty()) {
      screen.say(found.path("compared").asInt(0) == 0 ? "sweep.none" : "sweep.all-there");
      return;
    }
    Table table = screen.table("character", "user", "missing", "strangers", "since");
    for (JsonNode finding : found.path("findings")) {
      table.row(
          Screen.cell(finding.path("agent_id")),
          Screen.cell(finding.path("user_id")),
          Long.toString(
              finding
                  .path("missing")
                  .valueStream()
                  .mapToLong(batch -> batch.path("memory_ids").size())
                  .sum()),
          Screen.cell(finding.path("strangers")),
          Screen.time(finding.path("compared_at")));
    }
    screen.print(table);
    long leftOver = found.path("left_over").asLong(0);
    long unrecorded = found.path("unrecorded").asLong(0);
    if (leftOver + unrecorded > 0) {
      screen.say("sweep.to-be-mended", leftOver, unrecorded);
    }
    if (found.path("missing_memories").asInt(0) > 0) {
      screen.say(
          "sweep.what-to-do",
          found.path("missing_memories").asInt(0),
          found.path("missing_batches").asInt(0));
    }
  }
}
