package dev.tavernmem0.cli.operate;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** Finds the chat that an operator names: by its id, or by its file with or without extension. */
final class ChatNames {
  private static final String EXTENSION = ".jsonl";

  private final List<JsonNode> chats;
  private final Messages messages;
  private final String mend;

  private ChatNames(List<JsonNode> chats, Messages messages, String mend) {
    this.chats = chats;
    this.messages = messages;
    this.mend = mend;
  }

  /** Among those that the writer knows. */
  static ChatNames of(Services services, Messages messages) {
    return new ChatNames(
        services.writer().list(RequestPath.of("/v1/chats")).valueStream().toList(),
        messages,
        messages.text("mend.no-such-chat"));
  }

  /** Among those that the log has. */
  static ChatNames rescuable(JsonNode chats, Messages messages) {
    return new ChatNames(
        chats.valueStream().toList(), messages, messages.text("mend.watcher.no-such-chat"));
  }

  /** All of them. */
  List<JsonNode> all() {
    return chats;
  }

  /** Whether a chat may be meant. */
  boolean isKnown(String name) {
    return !named(name).isEmpty();
  }

  /** Those with that id, or in a file of that name: several users may have such. */
  private List<JsonNode> named(String name) {
    List<JsonNode> byId = chats.stream().filter(chat -> id(chat).equals(name)).toList();
    return byId.isEmpty() ? chats.stream().filter(chat -> isFile(chat, name)).toList() : byId;
  }

  /**
   * The id of the one chat that is meant.
   *
   * @throws NotFoundException if there is none, or more than one
   */
  String idOf(String name) {
    return id(theOne(name));
  }

  /**
   * The one chat that is meant.
   *
   * @throws NotFoundException if there is none, or more than one
   */
  JsonNode theOne(String name) {
    List<JsonNode> found = named(name);
    if (found.isEmpty()) {
      throw new NotFoundException(messages.text("chat.none", name), mend);
    }
    if (found.size() > 1) {
      throw new NotFoundException(
          messages.text("chat.several", name),
          messages.text(
              "chat.which", String.join(", ", found.stream().map(ChatNames::id).toList())));
    }
    return found.get(0);
  }

  /** Whether a chat, or what tells of one, is of that id or file. */
  static boolean isNamed(JsonNode chat, String name) {
    return id(chat).equals(name) || isFile(chat, name);
  }

  private static String id(JsonNode chat) {
    return chat.path("chat_id").asString("");
  }

  private static boolean isFile(JsonNode chat, String name) {
    String file = chat.path("chat_file").asString("");
    return file.equals(name) || file.equals(name + EXTENSION);
  }
}
