package dev.tavernmem0.cli.operate;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A kind of difference between files, log, ledger and mem0.
 *
 * @param kind as the service names it; of files and log with {@link #FILES} before it, since the
 *     ledger has kinds of the same names
 * @param count how many there are
 * @param example one of them; empty if none is told
 */
record Finding(String kind, long count, String example) {
  static final String FILES = "files-";

  /** Why a part of a comparison was not made. */
  static final String FAILURE = "failure";

  private static final String FILES_NOT_COMPARED = FILES + "not-compared";

  /** What the three comparisons found. */
  static List<Finding> all(JsonNode files, JsonNode log, JsonNode mem0) {
    List<Finding> findings = new ArrayList<>();
    files
        .path("counts")
        .forEachEntry(
            (kind, count) ->
                findings.add(new Finding(FILES + kind, count.asLong(0), chatWith(files, kind))));
    if (files.path(FAILURE).isString()) {
      findings.add(new Finding(FILES_NOT_COMPARED, 1, Screen.cell(files.path(FAILURE))));
    } else if (files.path("not_compared").asLong(0) > 0) {
      findings.add(new Finding(FILES_NOT_COMPARED, files.path("not_compared").asLong(0), ""));
    }
    if (log.path(FAILURE).isString()) {
      findings.add(new Finding("log-not-compared", 1, Screen.cell(log.path(FAILURE))));
    }
    log.path("counts")
        .forEachEntry(
            (kind, count) -> findings.add(new Finding(kind, count.asLong(0), turnWith(log, kind))));
    addOfMem0(findings, mem0);
    return findings;
  }

  private static void addOfMem0(List<Finding> findings, JsonNode mem0) {
    add(findings, mem0, "missing", "missing_memories", "missing");
    add(findings, mem0, "left-over", "left_over", "left_over");
    add(findings, mem0, "unrecorded", "unrecorded", "unrecorded");
    add(findings, mem0, "strangers", "strangers", "strangers");
    for (String failure : List.of(FAILURE, "last_error")) {
      if (mem0.path(failure).isString()) {
        findings.add(new Finding("not-compared", 1, Screen.cell(mem0.path(failure))));
        return;
      }
    }
  }

  private static void add(
      List<Finding> findings, JsonNode mem0, String kind, String count, String ofCharacter) {
    if (mem0.path(count).asLong(0) > 0) {
      findings.add(new Finding(kind, mem0.path(count).asLong(0), characterWith(mem0, ofCharacter)));
    }
  }

  private static String chatWith(JsonNode files, String kind) {
    return files
        .path("differences")
        .valueStream()
        .filter(difference -> difference.path("kind").asString("").equals(kind))
        .map(Finding::chat)
        .findFirst()
        .orElse("");
  }

  /** As a snapshot takes it: by its id or, if it has none yet, by its file. */
  static String chat(JsonNode difference) {
    JsonNode id = difference.path("chat_id");
    String file = difference.path("file").asString("");
    return id.isString()
        ? id.asString("")
        : file.substring(file.lastIndexOf('/') + 1).replaceFirst("[.]jsonl$", "");
  }

  private static String turnWith(JsonNode log, String kind) {
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
}
