package dev.tavernmem0.common.curation;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.json.FieldProblems;
import dev.tavernmem0.common.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Decisions to UTF-8 JSON and back. Fields that a reader does not know are ignored; a kind that it
 * does not know becomes {@link Unknown}. Thread-safe.
 */
public final class CurationCodec {
  /** The end of the year 9999, as for every other date. */
  private static final long MAX_TIME_MS = 253_402_300_799_999L;

  private static final String KIND = "kind";

  private static final Map<String, Class<? extends Curation>> KINDS =
      Map.of(
          Forgotten.KIND, Forgotten.class,
          Edited.KIND, Edited.class,
          Pinned.KIND, Pinned.class,
          Added.KIND, Added.class,
          ChatIgnored.KIND, ChatIgnored.class,
          TurnsForgotten.KIND, TurnsForgotten.class);

  private CurationCodec() {}

  /**
   * Writes one decision.
   *
   * @throws IllegalArgumentException if its kind is unknown: what else it says would be lost
   */
  public static byte[] encode(Curation curation) {
    if (curation instanceof Unknown) {
      throw new IllegalArgumentException("a decision of an unknown kind is not written");
    }
    ObjectNode json = Json.MAPPER.createObjectNode().put(KIND, curation.kind());
    json.setAll((ObjectNode) Json.MAPPER.valueToTree(curation));
    return Json.MAPPER.writeValueAsBytes(json);
  }

  /**
   * Reads one decision.
   *
   * @param json null stands for a record without a value, which is no decision but its withdrawal
   * @throws InvalidCurationException if the bytes are no decision, or hold a value that no reader
   *     can work with; the message names the field
   */
  public static Curation decode(byte @Nullable [] json) {
    if (json == null) {
      throw invalid("no value");
    }
    Curation curation;
    try {
      curation = read(Json.MAPPER.readTree(json));
    } catch (InvalidCurationException e) {
      throw e;
    } catch (RuntimeException e) {
      throw invalid(FieldProblems.of(e));
    }
    FieldProblems problems = new FieldProblems();
    check(curation, problems);
    if (!problems.isEmpty()) {
      throw invalid(problems.toString());
    }
    return curation;
  }

  private static Curation read(JsonNode json) {
    if (!json.isObject()) {
      throw invalid("value is missing");
    }
    JsonNode kind = json.get(KIND);
    if (kind == null || !kind.isString()) {
      throw invalid("kind is missing");
    }
    Class<? extends Curation> type = KINDS.getOrDefault(kind.stringValue(), Unknown.class);
    return Json.MAPPER.treeToValue(json, type);
  }

  private static InvalidCurationException invalid(String problem) {
    return new InvalidCurationException("not a curation record: " + problem);
  }

  @SuppressWarnings("NullAway") // Jackson leaves absent components null, whatever their type says.
  private static void check(Curation curation, FieldProblems problems) {
    problems.required("scope", curation.scope());
    if (curation.scope() != null) {
      check(curation.scope(), problems);
    }
    problems.range("ts_ms", curation.tsMs(), 0, MAX_TIME_MS);
    if (curation instanceof Forgotten it) {
      memory(it.memoryId(), it.text(), problems);
      origin(it.batchId(), it.turnIds(), it.utterances(), problems);
    } else if (curation instanceof Edited it) {
      memory(it.memoryId(), it.text(), problems);
      problems.required("previous_text", it.previousText());
      origin(it.batchId(), it.turnIds(), it.utterances(), problems);
    } else if (curation instanceof Pinned it) {
      memory(it.memoryId(), it.text(), problems);
      origin(it.batchId(), it.turnIds(), it.utterances(), problems);
    } else if (curation instanceof Added it) {
      memory(it.memoryId(), it.text(), problems);
    } else if (curation instanceof ChatIgnored it) {
      problems.id("chat_id", it.chatId());
    } else if (curation instanceof TurnsForgotten it) {
      problems.id("chat_id", it.chatId());
      problems.id("forget_id", it.forgetId());
      problems.range("part", it.part(), 0, Integer.MAX_VALUE);
      it.turnIds().forEach(id -> problems.id("turn_ids", id));
    }
  }

  private static void check(Scope scope, FieldProblems problems) {
    partOfKey("scope.user_id", scope.userId(), problems);
    partOfKey("scope.agent_id", scope.agentId(), problems);
  }

  private static void partOfKey(String field, @Nullable String id, FieldProblems problems) {
    problems.id(field, id);
    if (id != null && id.indexOf('/') >= 0) {
      problems.add(field + " has a slash in it");
    }
  }

  private static void memory(
      @Nullable String memoryId, @Nullable String text, FieldProblems problems) {
    problems.id("memory_id", memoryId);
    problems.required("text", text);
  }

  private static void origin(
      @Nullable String batchId,
      List<String> turnIds,
      List<String> utterances,
      FieldProblems problems) {
    problems.optionalId("batch_id", batchId);
    turnIds.forEach(id -> problems.id("turn_ids", id));
    utterances.forEach(id -> problems.id("utterances", id));
  }
}
