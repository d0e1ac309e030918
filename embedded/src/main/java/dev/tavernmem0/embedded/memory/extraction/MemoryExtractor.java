package dev.tavernmem0.embedded.memory.extraction;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.embedded.memory.Message;
import dev.tavernmem0.service.openai.ChatCompletionException;
import dev.tavernmem0.service.openai.ChatCompletions;
import dev.tavernmem0.service.openai.ChatCompletions.Format;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks an OpenAI-compatible chat completion API what is worth remembering of a conversation. One
 * call per extraction; the model answers as mem0 v2's does: {@code
 * {"memory":[{"id","text","attributed_to"}]}}. Thread-safe.
 */
public final class MemoryExtractor {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryExtractor.class);
  private static final Pattern THINKING = Pattern.compile("<think>.*?</think>", Pattern.DOTALL);
  private static final Pattern OBJECT = Pattern.compile("\\{.*}", Pattern.DOTALL);

  private final ChatCompletions model;
  private final String modelName;
  private final String systemPrompt;
  private final Counter unreadable;

  /**
   * @param modelName for the log
   * @param systemPrompt tells the model what to extract and how to answer
   */
  public MemoryExtractor(
      ChatCompletions model, String modelName, String systemPrompt, MeterRegistry meters) {
    this.model = model;
    this.modelName = modelName;
    this.systemPrompt = systemPrompt;
    this.unreadable =
        Counter.builder("tavern.memory.server.extractions.unreadable")
            .description("Answers of the language model that were not the JSON asked for")
            .register(meters);
  }

  /**
   * What is worth remembering, perhaps nothing. An answer that is not the JSON asked for counts as
   * nothing, as in mem0.
   *
   * @param messages the new messages
   * @param knownMemories texts of related memories, not to be repeated
   * @param lastMessages the messages before, for context only
   * @param instructions extra instructions of this request
   * @throws LlmException if the model cannot be asked
   */
  public List<ExtractedMemory> extract(
      List<Message> messages,
      List<String> knownMemories,
      ArrayNode lastMessages,
      @Nullable String instructions) {
    ObjectNode input = Json.MAPPER.createObjectNode();
    input.set("last_messages", lastMessages);
    input.set("existing_memories", Json.MAPPER.valueToTree(knownMemories));
    input.set("new_messages", Json.MAPPER.valueToTree(messages));
    input.put("observation_date", LocalDate.now(ZoneOffset.UTC).toString());
    if (instructions != null) {
      input.put("custom_instructions", instructions);
    }
    try {
      return parse(model.complete(systemPrompt, input.toString(), Format.JSON_OBJECT));
    } catch (ChatCompletionException e) {
      throw new LlmException(e);
    }
  }

  private List<ExtractedMemory> parse(String content) {
    String answer = THINKING.matcher(content).replaceAll("");
    Matcher object = OBJECT.matcher(answer);
    List<ExtractedMemory> memories = new ArrayList<>();
    try {
      JsonNode found = object.find() ? Json.MAPPER.readTree(object.group()) : null;
      if (found == null || !found.path("memory").isArray()) {
        countUnreadable(answer);
        return List.of();
      }
      for (JsonNode item : found.path("memory")) {
        String text = item.path("text").asString("").strip();
        if (!text.isEmpty()) {
          String by = item.path("attributed_to").asString("");
          memories.add(new ExtractedMemory(text, by.isEmpty() ? null : by));
        }
      }
      return memories;
    } catch (JacksonException e) {
      countUnreadable(answer);
      return List.of();
    }
  }

  private void countUnreadable(String answer) {
    unreadable.increment();
    LOG.warn(
        "the language model {} answered {} bytes that are not {{\"memory\":[…]}}; nothing stored",
        modelName,
        answer.getBytes(StandardCharsets.UTF_8).length);
  }
}
