package dev.tavernmem0.cli.operate;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What became of turns, in words. */
final class FateNames {
  private final Messages messages;

  FateNames(Messages messages) {
    this.messages = messages;
  }

  /** How many turns reached each fate: {@code 12 written, 1 skipped}. */
  String counts(JsonNode byFate) {
    String counts =
        byFate
            .propertyStream()
            .map(fate -> fate.getValue().asLong(0) + " " + name(fate.getKey()))
            .collect(Collectors.joining(messages.text("list.comma")));
    return counts.isEmpty() ? "-" : counts;
  }

  /** In one word. */
  String name(String fate) {
    return known("fate." + fate, fate);
  }

  /** What it means, and what to do if something is to be done. */
  String meaning(String fate) {
    return known("fate." + fate + ".means", fate);
  }

  private String known(String key, String fate) {
    return messages.has(key) ? messages.text(key) : fate;
  }

  /** The fates of all chats. */
  static Map<String, Long> sum(Iterable<JsonNode> chats) {
    Map<String, Long> sum = new TreeMap<>();
    for (JsonNode chat : chats) {
      chat.path("turns")
          .propertyStream()
          .forEach(fate -> sum.merge(fate.getKey(), fate.getValue().asLong(0), Long::sum));
    }
    return sum;
  }
}
