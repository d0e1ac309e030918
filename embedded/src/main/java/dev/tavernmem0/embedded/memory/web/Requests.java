package dev.tavernmem0.embedded.memory.web;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.embedded.memory.AddRequest;
import dev.tavernmem0.embedded.memory.Message;
import dev.tavernmem0.embedded.memory.UpdateRequest;
import dev.tavernmem0.embedded.memory.store.PayloadKeys;
import dev.tavernmem0.embedded.memory.store.Scope;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON bodies to requests, with mem0's validation and its messages. */
final class Requests {
  private static final Pattern KEY = Pattern.compile("[!-~]{1,200}");

  private Requests() {}

  /**
   * An {@code Idempotency-Key}; null if there is none.
   *
   * @throws ApiException if it cannot be one
   */
  static @Nullable String key(@Nullable String value) {
    if (value != null && !KEY.matcher(value).matches()) {
      throw ApiException.badRequest(
          "Invalid Idempotency-Key: use 1 to 200 visible ASCII characters, without spaces.");
    }
    return value;
  }

  static AddRequest add(JsonNode json) {
    BodyReader body = new BodyReader(json);
    List<Message> messages = new ArrayList<>();
    for (BodyReader message : body.requiredObjects("messages")) {
      messages.add(new Message(message.requiredString("role"), message.requiredString("content")));
    }
    String userId = body.string("user_id");
    String agentId = body.string("agent_id");
    String runId = body.string("run_id");
    ObjectNode metadata = body.object("metadata");
    String expirationDate = body.string("expiration_date");
    Boolean infer = body.bool("infer");
    String memoryType = body.string("memory_type");
    String prompt = body.string("prompt");
    body.check();

    if (isEmpty(userId) && isEmpty(agentId) && isEmpty(runId)) {
      throw ApiException.badRequest(
          "At least one identifier (user_id, agent_id, run_id) is required.");
    }
    if (memoryType != null) {
      throw ApiException.badRequest(
          "Invalid 'memory_type': this server keeps no special types of memories; leave it out.");
    }
    return new AddRequest(
        messages,
        scope(userId, agentId, runId),
        metadata == null ? Json.MAPPER.createObjectNode() : metadata,
        date(expirationDate),
        infer == null || infer,
        prompt);
  }

  static UpdateRequest update(JsonNode json) {
    BodyReader body = new BodyReader(json);
    String text = body.string("text");
    ObjectNode metadata = body.object("metadata");
    boolean setExpirationDate = body.has(PayloadKeys.EXPIRATION_DATE);
    String expirationDate = body.string(PayloadKeys.EXPIRATION_DATE);
    body.check();

    if (text == null && metadata == null && !setExpirationDate) {
      throw ApiException.badRequest(
          "At least one of text, metadata, or expiration_date must be provided.");
    }
    return new UpdateRequest(text, metadata, setExpirationDate, date(expirationDate));
  }

  /**
   * A scope from ids as callers give them.
   *
   * @throws ApiException if one is blank or has whitespace in it
   */
  static Scope scope(@Nullable String userId, @Nullable String agentId, @Nullable String runId) {
    return new Scope(id("user_id", userId), id("agent_id", agentId), id("run_id", runId));
  }

  private static @Nullable String id(String name, @Nullable String value) {
    if (value == null) {
      return null;
    }
    String trimmed = value.strip();
    if (trimmed.isEmpty()) {
      throw ApiException.badRequest(
          "Invalid " + name + ": cannot be empty or whitespace-only. Provide a valid identifier.");
    }
    if (trimmed.codePoints().anyMatch(Character::isWhitespace)) {
      throw ApiException.badRequest(
          "Invalid "
              + name
              + ": cannot contain whitespace. Provide a valid identifier without spaces.");
    }
    return trimmed;
  }

  private static @Nullable LocalDate date(@Nullable String value) {
    try {
      return value == null ? null : LocalDate.parse(value);
    } catch (DateTimeParseException e) {
      throw ApiException.badRequest("expiration_date must be a valid date in YYYY-MM-DD format.");
    }
  }

  private static boolean isEmpty(@Nullable String value) {
    return value == null || value.isEmpty();
  }
}
