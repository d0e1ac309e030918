package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;
import tools.jackson.databind.JsonNode;

/**
 * What a command shows. Names and texts come from chats and services, and may hold what a terminal
 * would obey: as text it is made visible, as JSON it is escaped anyway.
 */
public final class Screen {
  /** What is shown where nothing is known. */
  public static final String UNKNOWN = "-";

  private final PrintWriter out;
  private final Output output;
  private final Messages messages;

  Screen(PrintWriter out, Output output, Messages messages) {
    this.out = out;
    this.output = output;
    this.messages = messages;
  }

  public Messages messages() {
    return messages;
  }

  /**
   * Shows an answer.
   *
   * @param answer for programs
   * @param text shows it to people
   */
  public void show(JsonNode answer, Runnable text) {
    if (output == Output.JSON) {
      out.println(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(answer));
    } else {
      text.run();
    }
    out.flush();
  }

  /** A line of text; see {@link Messages}. */
  public void say(String key, @Nullable Object... arguments) {
    line(messages.text(key, arguments));
  }

  public void line(String text) {
    out.println(harmless(text));
  }

  /** An empty table; headings are messages. */
  public Table table(String... headings) {
    return new Table(
        Arrays.stream(headings).map(heading -> messages.text("column." + heading)).toList());
  }

  void print(Table table) {
    table.lines().forEach(this::line);
  }

  /** Starts at the top of an empty terminal; elsewhere, below an empty line. */
  void clear() {
    out.print(
        output == Output.TEXT && Ansi.AUTO.enabled()
            ? "\u001b[H\u001b[2J\u001b[3J"
            : System.lineSeparator());
  }

  /** A field's text in one line, or a dash if there is none. */
  public static String cell(JsonNode field) {
    String text = field.asString("").replaceAll("\\s+", " ").strip();
    return text.isEmpty() ? UNKNOWN : harmless(text);
  }

  /** A field's time, in seconds. */
  static String time(JsonNode field) {
    try {
      return Instant.parse(field.asString("")).truncatedTo(ChronoUnit.SECONDS).toString();
    } catch (DateTimeParseException e) {
      return cell(field);
    }
  }

  private static String harmless(String text) {
    return text.codePoints()
        .map(each -> isObeyed(each) ? '\uFFFD' : each)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Control characters, and those that turn the direction of what follows. */
  private static boolean isObeyed(int codePoint) {
    return Character.isISOControl(codePoint)
        || (codePoint >= 0x202A && codePoint <= 0x202E)
        || (codePoint >= 0x2066 && codePoint <= 0x2069);
  }
}
