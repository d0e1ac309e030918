package dev.tavernmem0.retriever.query;

import dev.tavernmem0.retriever.text.SingleLine;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes the queries of each rung. Deterministic and thread-safe. */
public final class Queries {
  /** Reasoning models think aloud first; an unclosed block means they never came to the answer. */
  private static final Pattern THINKING =
      Pattern.compile(
          "<think(?:ing)?>.*?(?:</think(?:ing)?>|\\z)", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

  private static final Pattern CODE_FENCE = Pattern.compile("^\\s*```.*$", Pattern.MULTILINE);

  private static final Pattern LABEL =
      Pattern.compile(
          "^(?:(?:rewritten |search )?query|rewrite|answer|(?:搜索|检索|改写)?查询|改写)\\s*[:\\uFF1A]\\s*",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern BULLET = Pattern.compile("^(?:[-*•#>]+|\\d+[.)])\\s+");
  private static final Pattern NOTHING =
      Pattern.compile("(?:none|null|n/a|no query|无|没有)[.。]?", Pattern.CASE_INSENSITIVE);

  private static final String QUOTES = "\"'`“”‘’「」『』«»";

  private final QueryLimits limits;

  public Queries(QueryLimits limits) {
    this.limits = limits;
  }

  /** Query 1: what the user said last; empty if the user has not spoken. */
  public Optional<Query> lastMessage(Conversation conversation) {
    return query(
        Stage.LAST_MESSAGE, SingleLine.tail(conversation.question(), limits.maxQueryLength()));
  }

  /** Whether what the user said last names nothing to search for without its context. */
  boolean isWeak(Conversation conversation) {
    return WeakQuestion.is(conversation.question());
  }

  /**
   * Query 2: the recent conversation followed by the question. The oldest lines go first when it
   * gets too long; empty if there is nothing to add to the question.
   */
  public Optional<Query> recentContext(Conversation conversation) {
    String question = SingleLine.tail(conversation.question(), limits.maxQueryLength());
    List<String> lines = context(conversation);
    StringBuilder text = new StringBuilder(question);
    int used = 0;
    for (int i = lines.size() - 1; i >= 0; i--) {
      String line = lines.get(i);
      if (text.length() + line.length() + 1 > limits.maxQueryLength()) {
        break;
      }
      text.insert(0, text.isEmpty() ? line : line + " ");
      used++;
    }
    return used == 0 ? Optional.empty() : query(Stage.RECENT_CONTEXT, text.toString());
  }

  /** What a language model is told to make query 3 of; empty if nothing was said. */
  public Optional<RewriteInput> rewriteInput(Conversation conversation) {
    String question = conversation.question();
    List<String> lines = context(conversation);
    if (question.isEmpty() && lines.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new RewriteInput(
            oneLine(conversation.userName()),
            oneLine(conversation.charName()),
            SingleLine.tail(question, limits.maxQueryLength()),
            lines));
  }

  /**
   * Query 3: one line out of whatever the model answered. Thinking, code fences, labels, bullets
   * and quotes go; the first line that remains is the query.
   */
  public Optional<Query> rewritten(String answer) {
    String text = THINKING.matcher(answer).replaceAll("");
    text = CODE_FENCE.matcher(text).replaceAll("");
    for (String line : text.lines().toList()) {
      String candidate = unwrap(SingleLine.of(line));
      if (!candidate.isEmpty()) {
        return NOTHING.matcher(candidate).matches()
            ? Optional.empty()
            : query(Stage.REWRITE, SingleLine.head(candidate, limits.maxQueryLength()));
      }
    }
    return Optional.empty();
  }

  private static String unwrap(String line) {
    String bare = BULLET.matcher(line).replaceFirst("");
    bare = strip(LABEL.matcher(strip(bare)).replaceFirst(""));
    return bare;
  }

  private static String strip(String line) {
    int start = 0;
    int end = line.length();
    while (start < end && isWrapping(line.charAt(start))) {
      start++;
    }
    while (end > start && isWrapping(line.charAt(end - 1))) {
      end--;
    }
    return line.substring(start, end);
  }

  private static boolean isWrapping(char c) {
    return c == ' ' || c == '*' || QUOTES.indexOf(c) >= 0;
  }

  private List<String> context(Conversation conversation) {
    return conversation.recentLines(limits.contextMessages(), limits.lineLength());
  }

  private static String oneLine(@Nullable String name) {
    return name == null ? "" : SingleLine.of(name);
  }

  private static Optional<Query> query(Stage stage, String text) {
    return text.isBlank() ? Optional.empty() : Optional.of(new Query(stage, text.strip()));
  }
}
