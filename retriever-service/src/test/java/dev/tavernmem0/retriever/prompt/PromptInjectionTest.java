package dev.tavernmem0.retriever.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

class PromptInjectionTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final BlockTemplate template = BlockTemplate.parse(BlockTemplate.DEFAULT, null, null);
  private final String block = template.render(List.of("- lives in Prague", "- 养了一只猫 🐈"));

  @Test
  void the_default_block_is_aheading_and_one_line_per_memory() {
    assertThat(block).isEqualTo("Relevant long-term memory:\n- lives in Prague\n- 养了一只猫 🐈");
  }

  @Test
  void the_block_is_appended_to_the_first_system_message() {
    var amended =
        inject(
            """
            [{"role":"user","content":"hi"},
             {"role":"system","content":"You are Seraphina."},
             {"role":"system","content":"Be brief."}]""");

    assertThat(amended.get(1).get("content").stringValue())
        .isEqualTo("You are Seraphina.\n\n" + block);
    assertThat(amended.get(2).get("content").stringValue()).isEqualTo("Be brief.");
    assertThat(amended).hasSize(3);
  }

  @Test
  void a_system_message_is_inserted_where_there_is_none() {
    var amended = inject("[{\"role\":\"user\",\"content\":\"hi\"}]");

    assertThat(amended.get(0).get("role").stringValue()).isEqualTo("system");
    assertThat(amended.get(0).get("content").stringValue()).isEqualTo(block);
    assertThat(amended.get(1).get("content").stringValue()).isEqualTo("hi");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "[{\"role\":\"user\",\"content\":\"hi\"}]",
        "[{\"role\":\"system\",\"content\":\"\"}]",
        "[{\"role\":\"system\",\"content\":null},{\"role\":\"user\",\"content\":\"hi\"}]",
        "[{\"role\":\"system\",\"content\":\"You are Seraphina.\\n- kind\"}]",
        "[{\"role\":\"developer\",\"content\":\"Be brief.\"},{\"role\":\"system\",\"content\":\"x\"}]",
        "[{\"role\":\"system\",\"content\":[{\"type\":\"text\",\"text\":\"You are\"}]}]",
        "[7,null,\"x\",{\"content\":\"no role\"}]"
      })
  void injecting_twice_changes_nothing(String messages) {
    ArrayNode once = inject(messages);

    assertThat(PromptInjection.inject(once, block, template)).isEqualTo(once);
    assertThat(once.toString()).contains("lives in Prague");
  }

  @Test
  void injecting_other_memories_replaces_the_block_where_it_stands() {
    ArrayNode once = inject("[{\"role\":\"system\",\"content\":\"You are Seraphina.\"}]");
    String text = once.get(0).get("content").stringValue() + "\n\nAuthor's note.";
    ArrayNode extended = (ArrayNode) JSON.readTree("[{\"role\":\"system\",\"content\":null}]");
    ((tools.jackson.databind.node.ObjectNode) extended.get(0)).put("content", text);

    var amended =
        PromptInjection.inject(extended, template.render(List.of("- has a dog")), template);

    assertThat(amended.get(0).get("content").stringValue())
        .isEqualTo(
            "You are Seraphina.\n\nRelevant long-term memory:\n- has a dog\n\nAuthor's note.");
  }

  @Test
  void our_block_is_found_in_alater_system_message_too() {
    ArrayNode once = inject("[{\"role\":\"user\",\"content\":\"hi\"}]");
    ArrayNode shifted = (ArrayNode) JSON.readTree("[{\"role\":\"system\",\"content\":\"New.\"}]");
    shifted.addAll(once);

    assertThat(PromptInjection.inject(shifted, block, template)).isEqualTo(shifted);
  }

  @Test
  void unknown_fields_numbers_and_multimodal_contents_stay_untouched() {
    String messages =
        """
        [{"role":"system","content":[{"type":"text","text":"You are"},{"type":"image_url","image_url":{"url":"data:x"}}],
          "x_gen_id":92233720368547758089999,"cache_control":{"type":"ephemeral"}},
         {"role":"assistant","content":null,"tool_calls":[{"id":"t1"}]},
         {"role":"user","content":[{"type":"image_url","image_url":{"url":"data:y"}}],"name":"Alex"}]""";
    ArrayNode before = (ArrayNode) JSON.readTree(messages);

    ArrayNode amended = inject(messages);

    assertThat(amended.get(1)).isEqualTo(before.get(1));
    assertThat(amended.get(2)).isEqualTo(before.get(2));
    assertThat(amended.get(0).get("x_gen_id")).isEqualTo(before.get(0).get("x_gen_id"));
    assertThat(amended.get(0).get("cache_control")).isEqualTo(before.get(0).get("cache_control"));
    assertThat(amended.get(0).get("content").get(0)).isEqualTo(before.get(0).get("content").get(0));
    assertThat(amended.get(0).get("content").get(1)).isEqualTo(before.get(0).get("content").get(1));
    assertThat(amended.get(0).get("content").get(2).get("text").stringValue()).isEqualTo(block);
  }

  @Test
  void the_callers_messages_are_not_changed() {
    ArrayNode messages = (ArrayNode) JSON.readTree("[{\"role\":\"system\",\"content\":\"x\"}]");
    ArrayNode copy = messages.deepCopy();

    ArrayNode unusedResult = PromptInjection.inject(messages, block, template);

    assertThat(messages).isEqualTo(copy).isNotEqualTo(unusedResult);
  }

  @Test
  void without_memories_nothing_is_injected() {
    ArrayNode messages = (ArrayNode) JSON.readTree("[{\"role\":\"system\",\"content\":\"x\"}]");

    assertThat(PromptInjection.inject(messages, template.render(List.of()), template))
        .isSameAs(messages);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<memory>\n{{text}}\n</memory>",
        "[What {{char}} remembers of {{user}}: {{text}}]",
        "记忆:\n{{ TEXT }}\n---",
        "{{text}}"
      })
  void every_template_is_idempotent(String text) {
    var custom = BlockTemplate.parse(text, "Al$x", "艾丽");
    String customBlock = custom.render(List.of("- a]", "- b"));
    ArrayNode messages = (ArrayNode) JSON.readTree("[{\"role\":\"system\",\"content\":\"- x\"}]");

    ArrayNode once = PromptInjection.inject(messages, customBlock, custom);

    assertThat(PromptInjection.inject(once, customBlock, custom)).isEqualTo(once);
    assertThat(once.get(0).get("content").stringValue()).isEqualTo("- x\n\n" + customBlock);
  }

  @Test
  void names_are_filled_in_and_cannot_act_as_macros() {
    assertThat(
            BlockTemplate.parse("{{char}} on {{user}}:\n{{text}}", "{{random}}\n", "Seraphina")
                .render(List.of("- x")))
        .isEqualTo("Seraphina on { {random} }:\n- x");
  }

  @Test
  void a_template_must_hold_the_placeholder_once() {
    assertThatThrownBy(() -> BlockTemplate.parse("Memory:", null, null))
        .hasMessage("put {{text}} where the memories belong");
    assertThatThrownBy(() -> BlockTemplate.parse("{{text}}{{text}}", null, null))
        .hasMessage("keep one {{text}} and remove the others");
  }

  @Property
  void idempotent_for_any_memory_and_any_prompt(@ForAll String memory, @ForAll String prompt) {
    String line = MemoryLine.of(memory);
    String any = template.render(line.isEmpty() ? List.of() : List.of(line, "- " + line));
    ArrayNode messages = JSON.createArrayNode();
    messages.addObject().put("role", "system").put("content", prompt);

    ArrayNode once = PromptInjection.inject(messages, any, template);

    assertThat(PromptInjection.inject(once, any, template)).isEqualTo(once);
  }

  private ArrayNode inject(String messages) {
    return PromptInjection.inject((ArrayNode) JSON.readTree(messages), block, template);
  }
}
