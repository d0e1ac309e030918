package dev.tavernmem0.cli.doctor;

import dev.tavernmem0.cli.operate.ExitCodes;
import dev.tavernmem0.cli.operate.Messages;
import dev.tavernmem0.cli.operate.Screen;
import dev.tavernmem0.cli.operate.Table;
import dev.tavernmem0.common.json.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What all checks have found, in their order.
 *
 * @param anybodyAnswers whether at least one service does
 */
record Diagnosis(List<Finding> findings, boolean anybodyAnswers) {

  Diagnosis {
    findings = List.copyOf(findings);
  }

  int exitCode() {
    if (!anybodyAnswers) {
      return ExitCodes.NOT_REACHABLE;
    }
    return count(Result.PROBLEM) > 0 ? ExitCodes.NO : ExitCodes.OK;
  }

  JsonNode json() {
    return Json.MAPPER.valueToTree(findings.stream().map(Finding::json).toList());
  }

  /** A line for each check, with what to do below it. */
  void show(Screen screen) {
    Messages messages = screen.messages();
    Table table = screen.table("result", "check", "finding");
    findings.forEach(
        each ->
            table.row(
                messages.text("doctor.result." + each.result().title()),
                each.subject(),
                each.text()));
    List<String> lines = table.lines();
    screen.line(lines.get(0));
    for (int i = 0; i < findings.size(); i++) {
      screen.line(lines.get(i + 1));
      String mend = findings.get(i).mend();
      if (mend != null) {
        screen.say("doctor.mend", mend);
      }
    }
    screen.line("");
    screen.say(
        "doctor.sum",
        count(Result.PROBLEM),
        count(Result.WARNING),
        count(Result.OK),
        count(Result.NOT_CHECKED));
  }

  private long count(Result result) {
    return findings.stream().filter(each -> each.result() == result).count();
  }
}
