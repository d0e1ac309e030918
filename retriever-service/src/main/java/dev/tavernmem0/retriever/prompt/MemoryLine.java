package dev.tavernmem0.retriever.prompt;

import dev.tavernmem0.retriever.text.SingleLine;
import java.util.regex.Pattern;

/**
 * A memory as a line of the prompt. A memory is data that came out of a chat: whatever in it could
 * act on SillyTavern (macros) or on the model's chat template (role markers, new lines) is made
 * inert, readable as before.
 */
public final class MemoryLine {
  /** What a line starts with. */
  public static final String BULLET = "- ";

  /** SillyTavern's macros: {@code {{…}}} and the legacy {@code <USER>}. */
  private static final Pattern OPENING_BRACES = Pattern.compile("\\{(?=\\{)");

  private static final Pattern CLOSING_BRACES = Pattern.compile("}(?=})");
  private static final Pattern LEGACY_MACRO =
      Pattern.compile("<(user|bot|char|group|charifnotgroup)>", Pattern.CASE_INSENSITIVE);

  /** ChatML and Llama 3: {@code <|im_start|>}. */
  private static final Pattern OPENING_PIPE = Pattern.compile("<(?=[|\\uFF5C])");

  private static final Pattern CLOSING_PIPE = Pattern.compile("(?<=[|\\uFF5C])>");

  /** Llama 2, Mistral, Gemma, DeepSeek, end-of-sequence tokens. */
  private static final Pattern TEMPLATE_TOKEN =
      Pattern.compile(
          "[\\[<]{1,2}(/?)\\s*(INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|SYS"
              + "|start_of_turn|end_of_turn|s|bos|eos)\\s*[\\]>]{1,2}",
          Pattern.CASE_INSENSITIVE);

  /** {@code System: …} or {@code ### Instruction: …} at the start. */
  private static final Pattern HEADING = Pattern.compile("^(?:[-*>•]\\s|#+(?=[#\\s])|\\s)+");

  private static final Pattern ROLE_LABEL =
      Pattern.compile(
          "^#*(system|assistant|user|human|ai|bot|developer|tool|instruction|response|input)"
              + "\\s*[:\\uFF1A]\\s*",
          Pattern.CASE_INSENSITIVE);

  /** Characters that change how others look or that nobody sees. */
  private static final Pattern INVISIBLE =
      Pattern.compile(
          "[\\u200B\\u200E\\u200F\\u061C\\u202A-\\u202E\\u2060-\\u2069\\uFEFF\\x{E0000}-\\x{E007F}]");

  private MemoryLine() {}

  /** The line, with its bullet; empty if the memory says nothing. */
  public static String of(String memory) {
    String text = inert(memory);
    return text.isEmpty() ? "" : BULLET + text;
  }

  /** The same treatment without the bullet, for names in the template. */
  static String inert(String memory) {
    String text = SingleLine.of(INVISIBLE.matcher(memory).replaceAll(""));
    text = OPENING_BRACES.matcher(text).replaceAll("{ ");
    text = CLOSING_BRACES.matcher(text).replaceAll("} ");
    text = LEGACY_MACRO.matcher(text).replaceAll("($1)");
    text = OPENING_PIPE.matcher(text).replaceAll("< ");
    text = CLOSING_PIPE.matcher(text).replaceAll(" >");
    text = TEMPLATE_TOKEN.matcher(text).replaceAll("($1$2)");
    text = HEADING.matcher(text).replaceFirst("");
    text = ROLE_LABEL.matcher(text).replaceFirst("($1) ");
    return text.strip();
  }
}
