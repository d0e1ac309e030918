package dev.tavernmem0.cli.doctor;

import dev.tavernmem0.cli.operate.Messages;
import dev.tavernmem0.cli.operate.Screen;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Whether mem0's language model takes what it is given, as the writer has found it. It is not asked
 * itself: mem0 asks it for adds only, and an add would leave a memory, or its trace in mem0's
 * history and among the last messages that the model is shown.
 */
final class ModelCheck implements Check {
  private static final String SUBJECT = "model";

  private final ServiceLook writer;
  private final Messages messages;

  /**
   * @param writer what was found of it
   */
  ModelCheck(ServiceLook writer, Messages messages) {
    this.writer = writer;
    this.messages = messages;
  }

  @Override
  public List<Finding> findings() {
    JsonNode status = writer.look().status();
    if (!status.path("state").isString()) {
      return List.of(Finding.notChecked(SUBJECT, messages.text("doctor.model.no-writer"), null));
    }
    return List.of(
        switch (status.path("paused_by").asString("")) {
          case "auth" -> refused(status, "doctor.model.auth");
          case "provider" -> refused(status, "doctor.model.provider");
          case "unavailable" -> refused(status, "doctor.model.unavailable");
          default -> written(status);
        });
  }

  private Finding refused(JsonNode status, String key) {
    return Finding.problem(
        SUBJECT,
        messages.text(key, Screen.cell(status.path("last_error"))),
        messages.text(key + ".mend"));
  }

  private Finding written(JsonNode status) {
    int dead = status.path("dead_turns").asInt(0);
    int empty = status.path("empty_turns").asInt(0);
    if (dead > 0) {
      return Finding.warning(
          SUBJECT,
          messages.text("doctor.model.dead", dead),
          messages.text("doctor.model.dead.mend"));
    }
    JsonNode calls = status.path("calls_per_hundred_turns");
    if (calls.path("live").isNumber() || calls.path("backlog").isNumber()) {
      return Finding.ok(SUBJECT, messages.text("doctor.model.wrote", empty));
    }
    return Finding.notChecked(
        SUBJECT,
        messages.text("doctor.model.not-asked"),
        messages.text("doctor.model.not-asked.mend"));
  }
}
