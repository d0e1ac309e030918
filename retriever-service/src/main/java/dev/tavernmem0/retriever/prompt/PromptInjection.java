package dev.tavernmem0.retriever.prompt;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts the block into the prompt's first system message, or makes one. Everything else in the
 * prompt (unknown fields, multimodal contents, order) stays as it came. Injecting again replaces
 * the block.
 */
public final class PromptInjection {
  private static final String CONTENT = "content";
  private static final String TEXT = "text";

  private PromptInjection() {}

  /**
   * Injects.
   *
   * @param messages OpenAI chat messages; not changed
   * @param block the rendered memories; if empty, the messages come back as they are
   */
  public static ArrayNode inject(ArrayNode messages, String block, BlockTemplate template) {
    if (block.isEmpty()) {
      return messages;
    }
    ArrayNode amended = JsonNodeFactory.instance.arrayNode(messages.size() + 1);
    amended.addAll(messages);
    int target = target(messages, block, template);
    if (target < 0) {
      amended.insert(0, systemMessage(block));
    } else {
      amended.set(target, withBlock((ObjectNode) messages.get(target), block, template));
    }
    return amended;
  }

  /** The system message that holds our block already, else the first that can; -1 if none can. */
  private static int target(ArrayNode messages, String block, BlockTemplate template) {
    int first = -1;
    for (int i = 0; i < messages.size(); i++) {
      JsonNode message = messages.get(i);
      if (!isSystem(message)) {
        continue;
      }
      JsonNode content = message.path(CONTENT);
      if (holds(content, block, template)) {
        return i;
      }
      if (first < 0 && (content.isString() || content.isArray())) {
        first = i;
      }
    }
    return first;
  }

  private static boolean isSystem(JsonNode message) {
    if (!message.isObject() || !message.path("role").isString()) {
      return false;
    }
    String role = message.path("role").stringValue().toLowerCase(Locale.ROOT);
    return role.equals("system") || role.equals("developer");
  }

  private static boolean holds(JsonNode content, String block, BlockTemplate template) {
    if (content.isString()) {
      return template.isIn(content.stringValue(), block);
    }
    for (JsonNode part : content) {
      String text = textOf(part);
      if (text != null && template.isIn(text, block)) {
        return true;
      }
    }
    return false;
  }

  private static ObjectNode withBlock(ObjectNode message, String block, BlockTemplate template) {
    JsonNode content = message.get(CONTENT);
    JsonNode amended =
        content.isArray()
            ? withBlock((ArrayNode) content, block, template)
            : JsonNodeFactory.instance.stringNode(template.put(content.stringValue(), block));
    return with(message, CONTENT, amended);
  }

  private static ArrayNode withBlock(ArrayNode parts, String block, BlockTemplate template) {
    ArrayNode amended = JsonNodeFactory.instance.arrayNode(parts.size() + 1);
    amended.addAll(parts);
    for (int i = 0; i < parts.size(); i++) {
      String text = textOf(parts.get(i));
      if (text != null && template.isIn(text, block)) {
        JsonNode replaced = JsonNodeFactory.instance.stringNode(template.put(text, block));
        amended.set(i, with((ObjectNode) parts.get(i), TEXT, replaced));
        return amended;
      }
    }
    amended.add(JsonNodeFactory.instance.objectNode().put("type", TEXT).put(TEXT, block));
    return amended;
  }

  /** The text of a text part of a multimodal content; null of any other part. */
  public static @Nullable String textOf(JsonNode part) {
    JsonNode text = part.path(TEXT);
    return part.isObject() && "text".equals(part.path("type").asString("")) && text.isString()
        ? text.stringValue()
        : null;
  }

  private static ObjectNode with(ObjectNode original, String field, JsonNode value) {
    ObjectNode changed = JsonNodeFactory.instance.objectNode();
    changed.setAll(original);
    changed.set(field, value);
    return changed;
  }

  private static ObjectNode systemMessage(String block) {
    return JsonNodeFactory.instance.objectNode().put("role", "system").put(CONTENT, block);
  }
}
