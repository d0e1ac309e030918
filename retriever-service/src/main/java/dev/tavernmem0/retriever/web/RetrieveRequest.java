package dev.tavernmem0.retriever.web;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.retriever.prompt.BlockTemplate;
import dev.tavernmem0.retriever.prompt.PromptInjection;
import dev.tavernmem0.retriever.query.ChatMessage;
import dev.tavernmem0.retriever.query.Conversation;
import dev.tavernmem0.retriever.recall.RecallRequest;
import dev.tavernmem0.service.problem.RefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Body of {@code POST /v1/retrieve} and {@code POST /v1/inject}. Names are SillyTavern's, not
 * mem0's ids. What is null takes the configured default, unless it is said to be required.
 *
 * @param userId the user's handle; required
 * @param agentId avatar file's stem of the character that will speak; required
 * @param chatId {@code chat_metadata.integrity}
 * @param chatFile the chat's file name
 * @param groupId the group whose chat this is; null in a solo chat
 * @param groupMembers that group's members as avatar file stems
 * @param userName display name of the user's persona
 * @param charName display name of the character
 * @param messages OpenAI chat messages, oldest first; required, may be empty
 * @param mem0QueryRewriteEnabled whether a language model may rewrite the query
 * @param mem0QueryRewritePrompt instructions for that model
 * @param limit most memories, 1 to 50
 * @param maxChars most characters of the memories' lines, 1 to 100,000
 * @param includeContext whether the recent conversation may be asked for
 * @param template text around the memories, with {@code {{text}}}
 * @param deadlineMs time within which there is an answer, 10 to 60,000 ms
 */
record RetrieveRequest(
    @Nullable String userId,
    @Nullable String agentId,
    @Nullable String chatId,
    @Nullable String chatFile,
    @Nullable String groupId,
    @Nullable List<@Nullable String> groupMembers,
    @Nullable String userName,
    @Nullable String charName,
    @Nullable JsonNode messages,
    @Nullable Boolean mem0QueryRewriteEnabled,
    @Nullable String mem0QueryRewritePrompt,
    @Nullable Integer limit,
    @Nullable Integer maxChars,
    @Nullable Boolean includeContext,
    @Nullable String template,
    @Nullable Integer deadlineMs) {
  /** More than any file name; names are kept in the cache of searches. */
  private static final int MAX_NAME = 500;

  private static final int MAX_LIMIT = 50;
  private static final int MAX_CHARS = 100_000;
  private static final int MIN_DEADLINE_MS = 10;
  private static final int MAX_DEADLINE_MS = 60_000;

  /**
   * The request as the retriever takes it.
   *
   * @throws RefusedException if a field cannot be used
   */
  RecallRequest toRecall(RequestDefaults defaults) {
    return new RecallRequest(
        required("user_id", userId, "send SillyTavern's user handle, for example default-user"),
        required("agent_id", agentId, "send the character's avatar file name without .png"),
        groupId == null || groupId.isBlank() ? null : name("group_id", groupId),
        groupMembers == null
            ? List.of()
            : groupMembers.stream().filter(Objects::nonNull).filter(m -> !m.isBlank()).toList(),
        new Conversation(userName, charName, chatMessages()),
        includeContext == null ? defaults.includeContext() : includeContext,
        mem0QueryRewriteEnabled == null ? defaults.rewrite() : mem0QueryRewriteEnabled,
        mem0QueryRewritePrompt,
        inRange("limit", limit, 1, MAX_LIMIT, defaults.limit()),
        inRange("max_chars", maxChars, 1, MAX_CHARS, defaults.maxChars()),
        blockTemplate(defaults));
  }

  /**
   * The time that the caller gives.
   *
   * @throws RefusedException if it is out of range
   */
  Duration deadline(RequestDefaults defaults) {
    return Duration.ofMillis(
        inRange(
            "deadline_ms",
            deadlineMs,
            MIN_DEADLINE_MS,
            MAX_DEADLINE_MS,
            (int) defaults.deadline().toMillis()));
  }

  /**
   * The messages as they came.
   *
   * @throws RefusedException if they are not a list
   */
  ArrayNode messageArray() {
    if (messages instanceof ArrayNode array) {
      return array;
    }
    throw RefusedException.invalidField(
        "messages",
        messages == null ? null : messages.getNodeType(),
        "send a list of chat messages, [] if there are none");
  }

  private List<ChatMessage> chatMessages() {
    ArrayNode array = messageArray();
    List<ChatMessage> chat = new ArrayList<>(array.size());
    for (int i = 0; i < array.size(); i++) {
      JsonNode message = array.get(i);
      if (!message.isObject()) {
        throw RefusedException.invalidField(
            "messages[" + i + "]", message.getNodeType(), "send an object with role and content");
      }
      JsonNode name = message.path("name");
      chat.add(
          new ChatMessage(
              role(message.path("role").asString("")),
              name.isString() ? name.stringValue() : null,
              text(message.path("content"))));
    }
    return chat;
  }

  private static Role role(String role) {
    return switch (role.toLowerCase(Locale.ROOT)) {
      case "user" -> Role.USER;
      case "assistant" -> Role.ASSISTANT;
      case "system", "developer" -> Role.SYSTEM;
      default -> Role.UNKNOWN;
    };
  }

  private static String text(JsonNode content) {
    if (content.isString()) {
      return content.stringValue();
    }
    StringJoiner texts = new StringJoiner("\n");
    for (JsonNode part : content) {
      String text = PromptInjection.textOf(part);
      if (text != null) {
        texts.add(text);
      }
    }
    return texts.toString();
  }

  private BlockTemplate blockTemplate(RequestDefaults defaults) {
    String chosen = template == null || template.isBlank() ? defaults.template() : template;
    try {
      return BlockTemplate.parse(chosen, userName, charName);
    } catch (IllegalArgumentException e) {
      throw RefusedException.invalidField("template", chosen, String.valueOf(e.getMessage()));
    }
  }

  private static String required(String field, @Nullable String value, String fix) {
    if (value == null || value.isBlank()) {
      throw RefusedException.invalidField(field, value, fix);
    }
    return name(field, value);
  }

  private static String name(String field, String value) {
    if (value.length() > MAX_NAME) {
      throw RefusedException.invalidField(
          field, value, "send a name of at most " + MAX_NAME + " characters");
    }
    return value;
  }

  private static int inRange(
      String field, @Nullable Integer value, int least, int most, int otherwise) {
    if (value == null) {
      return otherwise;
    }
    if (value < least || value > most) {
      throw RefusedException.invalidField(
          field, value, "send a number from " + least + " to " + most);
    }
    return value;
  }
}
