package dev.tavernmem0.retriever.query;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.retriever.text.SingleLine;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The chat that a generation is about to continue.
 *
 * @param userName display name of the user's persona; null if unknown
 * @param charName display name of the character that will speak; null if unknown
 * @param messages oldest first
 */
public record Conversation(
    @Nullable String userName, @Nullable String charName, List<ChatMessage> messages) {

  public Conversation {
    messages = List.copyOf(messages);
  }

  /** What the user said last, on one line; empty if the user has not spoken. */
  String question() {
    OptionalInt index = questionIndex();
    return index.isPresent() ? SingleLine.of(messages.get(index.getAsInt()).text()) : "";
  }

  /**
   * The latest lines around the question, without it, each with its speaker: {@code Alex: Hello}.
   *
   * @param count most lines
   * @param lineLength most characters of one line's text
   */
  List<String> recentLines(int count, int lineLength) {
    int question = questionIndex().orElse(-1);
    Deque<String> lines = new ArrayDeque<>();
    for (int i = messages.size() - 1; i >= 0 && lines.size() < count; i--) {
      ChatMessage message = messages.get(i);
      if (i != question && message.isSpoken()) {
        lines.addFirst(
            speaker(message) + ": " + SingleLine.head(SingleLine.of(message.text()), lineLength));
      }
    }
    return List.copyOf(lines);
  }

  private OptionalInt questionIndex() {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i).role() == Role.USER && messages.get(i).isSpoken()) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  private String speaker(ChatMessage message) {
    boolean user = message.role() == Role.USER;
    @Nullable String known = user ? userName : charName;
    if (message.name() != null && !message.name().isBlank()) {
      known = message.name();
    }
    if (known == null || known.isBlank()) {
      known = user ? "User" : "Assistant";
    }
    return SingleLine.of(known);
  }
}
