package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Shows people how everything is, on one screen, with what to do about what is not well. */
final class StatusScreen {
  private final Screen screen;
  private final Messages messages;

  StatusScreen(Screen screen) {
    this.screen = screen;
    this.messages = screen.messages();
  }

  void show(StatusReport report) {
    Table table = screen.table("part", "health", "address", "detail");
    part(table, report.watcher(), watching(report.watcher().status()));
    part(table, report.writer(), writing(report.writer().status()));
    PartLook retriever = report.retriever();
    if (retriever != null) {
      part(table, retriever, searching(retriever));
    }
    PartLook other = report.other();
    if (other != null) {
      part(table, other, filling(other.status()));
    }
    Mem0Look mem0 = report.mem0();
    table.row(messages.text("part.mem0"), mem0.state().name(), "", mem0(mem0));
    screen.print(table);
    if (report.isReachable()) {
      report.parts().forEach(this::mend);
    } else {
      screen.say("status.nobody");
    }
    if (!report.writer().status().isMissingNode()) {
      screen.line("");
      turns(report.fates(), report.writer().status());
      toDo(report.writer().status());
      howToSwitch(report.writer());
    }
    errors(report);
  }

  private void part(Table table, PartLook look, String detail) {
    OperateException failure = look.failure();
    table.row(
        messages.text("part." + look.endpoint().part().title()),
        look.isReachable() ? look.health().path("status").asString("?") : "-",
        look.endpoint().url().toString(),
        failure == null ? detail : failure.brief());
  }

  private String watching(JsonNode status) {
    String snapshot = "status.snapshot." + status.path("snapshot").asString("none");
    return messages.text(
        "status.watcher",
        Screen.cell(status.path("engine")),
        messages.has(snapshot) ? messages.text(snapshot) : "",
        status.path("events").asLong(0));
  }

  private String writing(JsonNode status) {
    return messages.text(
        "status.writer", Screen.cell(status.path("state")), status.path("chats").asInt(0));
  }

  private String filling(JsonNode status) {
    return messages.text(
        "status.target-writer", Screen.cell(status.path("state")), waiting(status));
  }

  private static long waiting(JsonNode status) {
    return status.path("lag").asLong(0)
        + status.path("pending_turns").asLong(0)
        + status.path("backlog_turns").asLong(0)
        + status.path("in_flight").asLong(0);
  }

  private String searching(PartLook look) {
    String following = look.details("mem0").path("ledger").asString("?");
    return messages.text("status.retriever", following);
  }

  private String mem0(Mem0Look mem0) {
    String why = mem0.why();
    return why == null
        ? messages.text("status.mem0." + mem0.title())
        : messages.text(
            "status.mem0.why",
            messages.text("status.mem0." + mem0.title()),
            messages.has("mem0." + why) ? messages.text("mem0." + why) : why);
  }

  private void mend(PartLook look) {
    OperateException failure = look.failure();
    if (failure != null && failure.mend() != null) {
      screen.say(
          "status.mend", messages.text("part." + look.endpoint().part().title()), failure.mend());
    }
  }

  private void turns(Map<String, Long> fates, JsonNode status) {
    FateNames names = new FateNames(messages);
    JsonNode counts = Json.MAPPER.valueToTree(new TreeMap<>(fates));
    screen.say("status.turns", names.counts(counts));
    screen.say(
        "status.waiting",
        status.path("pending_turns").asLong(0),
        seconds(status.path("oldest_pending_ms").asLong(0) / 1000),
        status.path("backlog_turns").asLong(0),
        seconds(status.path("oldest_backlog_ms").asLong(0) / 1000),
        status.path("lag").asLong(0),
        status.path("in_flight").asLong(0));
    if (status.path("seconds_left").isNumber()) {
      screen.say(
          "status.estimate",
          number(status.path("turns_per_minute")),
          seconds(status.path("seconds_left").asLong(0)));
    }
    cost(status.path("calls_per_hundred_turns"));
    String pausedBy = status.path("paused_by").asString("");
    if (!pausedBy.isEmpty()) {
      String key = "paused." + pausedBy;
      screen.say("status.paused", messages.has(key) ? messages.text(key) : pausedBy);
    }
  }

  private void cost(JsonNode calls) {
    if (calls.path("live").isNumber() || calls.path("backlog").isNumber()) {
      screen.say("status.cost", number(calls.path("live")), number(calls.path("backlog")));
    }
  }

  private void toDo(JsonNode status) {
    long held = status.path("holds").asLong(0);
    long dead = status.path("dead_turns").asLong(0);
    long empty = status.path("empty_turns").asLong(0);
    long missing = status.path("sweep").path("missing_memories").asLong(0);
    screen.say(
        "status.counts", held, dead, empty, missing, status.path("phantom_memories").asLong(0));
    toDo("status.held", held);
    toDo("status.dead", dead);
    toDo("status.missing", missing);
    toDo("status.strangers", status.path("sweep").path("strangers").asLong(0));
    toDo("status.dead-records", status.path("dead_records").asLong(0));
    toDo("status.unreadable", status.path("unreadable_ledger_records").asLong(0));
    toDo("status.unended", status.path("unended_snapshots").size());
    for (JsonNode stopped : status.path("stopped_operations")) {
      screen.say(
          "status.stopped",
          Screen.cell(stopped.path("kind")),
          Screen.cell(stopped.path("id")),
          Screen.cell(stopped.path("error")));
    }
  }

  /** Once a target has everything. */
  private void howToSwitch(PartLook writer) {
    JsonNode status = writer.status();
    boolean isDone =
        writer.endpoint().part() == Part.TARGET_WRITER
            && status.path("state").asString("").equals("RUNNING")
            && waiting(status) == 0
            && !status.path("paused_by").isString();
    if (isDone) {
      screen.say(
          "status.switch",
          Screen.cell(writer.details("writer").path("mem0")),
          Screen.cell(writer.details("writer").path("ledger")));
    }
  }

  private void toDo(String key, long count) {
    if (count > 0) {
      screen.say(key, count);
    }
  }

  private void errors(StatusReport report) {
    error(report.watcher(), report.watcher().status().path("last_error"));
    long badLines =
        report
            .watcher()
            .status()
            .path("bad_lines")
            .valueStream()
            .mapToLong(lines -> lines.asLong(0))
            .sum();
    toDo("status.bad-lines", badLines);
    error(report.writer(), report.writer().status().path("last_error"));
    error(report.writer(), report.writer().status().path("sweep").path("last_error"));
    PartLook retriever = report.retriever();
    if (retriever == null) {
      return;
    }
    JsonNode ledger = retriever.health().path("components").path("ledger");
    if (ledger.path("status").asString("UP").equals("DOWN")) {
      error(retriever, ledger.path("details").path("ledger"));
    }
  }

  private void error(PartLook look, JsonNode error) {
    if (error.isString()) {
      screen.say(
          "status.error",
          messages.text("part." + look.endpoint().part().title()),
          Screen.cell(error));
    }
  }

  private String seconds(long seconds) {
    if (seconds < 120) {
      return messages.text("seconds", seconds);
    }
    return seconds < 7200
        ? messages.text("minutes", (seconds + 30) / 60)
        : messages.text("hours", (seconds + 1800) / 3600);
  }

  private static String number(JsonNode number) {
    return number.isNumber() ? Double.toString(Math.round(number.asDouble() * 10) / 10.0) : "-";
  }
}
