package dev.tavernmem0.cli.doctor;

import dev.tavernmem0.cli.operate.Messages;
import dev.tavernmem0.cli.operate.OperateException;
import dev.tavernmem0.cli.operate.PartLook;
import dev.tavernmem0.cli.operate.Screen;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Whether each service answers, is the one that should be there, lets us in, and is well. */
final class ServicesCheck implements Check {
  private final Looks looks;
  private final Messages messages;

  ServicesCheck(Looks looks, Messages messages) {
    this.looks = looks;
    this.messages = messages;
  }

  @Override
  public List<Finding> findings() {
    return looks.all().stream().map(this::finding).toList();
  }

  private Finding finding(ServiceLook service) {
    PartLook look = service.look();
    String subject = service.title();
    OperateException failure = look.failure() == null ? service.refusal() : look.failure();
    if (service.isAnother()) {
      return Finding.problem(
          subject,
          messages.text("doctor.service.another", look.endpoint().url(), service.name()),
          messages.text("doctor.service.another.mend", "--" + service.part().urlSetting()));
    }
    if (failure != null) {
      return Finding.problem(subject, String.valueOf(failure.getMessage()), failure.mend());
    }
    if (!look.isWell()) {
      return Finding.problem(
          subject,
          messages.text("doctor.service.ill", look.endpoint().url(), why(service)),
          messages.text(mend(service)));
    }
    String pausedBy = look.status().path("paused_by").asString("");
    if (!pausedBy.isEmpty()) {
      return Finding.warning(
          subject,
          messages.text("doctor.writer.paused", look.endpoint().url()),
          messages.has("paused." + pausedBy) ? messages.text("paused." + pausedBy) : pausedBy);
    }
    return Finding.ok(
        subject, messages.text("doctor.service.well", look.endpoint().url(), state(service)));
  }

  private static String state(ServiceLook service) {
    JsonNode status = service.look().status();
    return switch (service.part()) {
      case WATCHER -> Screen.cell(status.path("engine"));
      case WRITER, TARGET_WRITER -> Screen.cell(status.path("state"));
      case RETRIEVER -> Screen.cell(service.look().health().path("status"));
    };
  }

  /** What it says of itself. */
  private String why(ServiceLook service) {
    PartLook look = service.look();
    JsonNode status = look.status();
    String pausedBy = status.path("paused_by").asString("");
    String pause = "paused." + pausedBy;
    return Stream.of(
            Screen.cell(look.health().path("status")),
            state(service),
            messages.has(pause) ? messages.text(pause) : pausedBy,
            status.path("last_error").asString(""),
            ledgerFailure(look))
        .filter(text -> !text.isEmpty() && !text.equals(Screen.UNKNOWN))
        .distinct()
        .collect(Collectors.joining(messages.text("list.comma")));
  }

  /** What the retriever's readiness hangs on. */
  private static String ledgerFailure(PartLook look) {
    JsonNode ledger = look.health().path("components").path("ledger");
    return ledger.path("status").asString("").equals("DOWN")
        ? ledger.path("details").path("ledger").asString("")
        : "";
  }

  private static String mend(ServiceLook service) {
    return switch (service.part()) {
      case WATCHER -> {
        if (service.look().status().path("engine").asString("").equals("FENCED")) {
          yield "doctor.watcher.fenced.mend";
        }
        yield service.look().details("watcher").path("dataRootReadable").asBoolean(true)
            ? "doctor.watcher.mend"
            : "doctor.watcher.root.mend";
      }
      case WRITER, TARGET_WRITER ->
          service.look().status().path("paused_by").isString()
              ? "doctor.writer.paused.mend"
              : "doctor.writer.mend";
      case RETRIEVER -> "doctor.retriever.mend";
    };
  }
}
