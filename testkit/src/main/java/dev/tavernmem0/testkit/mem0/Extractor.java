package dev.tavernmem0.testkit.mem0;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Stands in for mem0's model: what it remembers of the messages of one {@code POST /memories}. */
@FunctionalInterface
public interface Extractor {

  /**
   * The facts.
   *
   * @param messages the messages with a role that mem0 reads, in order
   * @param prompt the request's own instructions
   * @return one memory each; empty if there is nothing to remember
   */
  List<String> facts(List<Message> messages, @Nullable String prompt);

  /** A message as it was posted. */
  record Message(String role, String content) {}

  /** Every message is a fact, word for word. */
  static Extractor verbatim() {
    return (messages, prompt) -> messages.stream().map(Message::content).toList();
  }

  /**
   * Every message is a fact, worded differently each time: mem0's deduplication does not catch a
   * batch that is posted twice, as with a real model.
   */
  static Extractor paraphrasing() {
    AtomicLong wording = new AtomicLong();
    return (messages, prompt) ->
        messages.stream()
            .map(message -> message.content() + " (wording " + wording.incrementAndGet() + ")")
            .toList();
  }

  /**
   * The same, but it takes as long as a model may: from nothing to {@code longest}, the same for
   * the same messages.
   */
  default Extractor taking(Duration longest) {
    return (messages, prompt) -> {
      double part = Math.floorMod(messages.hashCode(), 1000) / 1000.0;
      try {
        Thread.sleep(Math.round(longest.toMillis() * part));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return facts(messages, prompt);
    };
  }
}
