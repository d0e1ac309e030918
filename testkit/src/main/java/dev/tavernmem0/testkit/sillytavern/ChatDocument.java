package dev.tavernmem0.testkit.sillytavern;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A chat as a tab has it in memory: the header's metadata and the messages. */
final class ChatDocument {
  private final ObjectNode metadata;
  private final List<ObjectNode> messages;

  private ChatDocument(ObjectNode metadata, List<ObjectNode> messages) {
    this.metadata = metadata;
    this.messages = messages;
  }

  static ChatDocument empty() {
    return new ChatDocument(StJson.object(), new ArrayList<>());
  }

  static ChatDocument parse(String file) {
    ObjectNode metadata = StJson.object();
    List<ObjectNode> messages = new ArrayList<>();
    for (String line : file.split("\n")) {
      ObjectNode json = parseLine(line);
      if (json != null && json.has("mes")) {
        messages.add(json);
      } else if (json != null && json.get("chat_metadata") instanceof ObjectNode header) {
        metadata = header;
      }
    }
    return new ChatDocument(metadata, messages);
  }

  /** Null for a line that is no JSON object: SillyTavern drops it, and so from the next save. */
  private static @Nullable ObjectNode parseLine(String line) {
    try {
      return StJson.parse(line) instanceof ObjectNode json ? json : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  /** The file: no newline at its end. */
  String text() {
    return text(messages);
  }

  /** The file, if the chat had one more message. */
  String textWith(ObjectNode message) {
    return text(Stream.concat(messages.stream(), Stream.of(message)).toList());
  }

  private String text(List<ObjectNode> lines) {
    ObjectNode header = StJson.object();
    header.set("chat_metadata", metadata);
    header.put("user_name", "unused");
    header.put("character_name", "unused");
    StringBuilder text = new StringBuilder(StJson.stringify(header));
    lines.forEach(line -> text.append('\n').append(StJson.stringify(line)));
    return text.toString();
  }

  ObjectNode metadata() {
    return metadata;
  }

  /** The messages themselves; changes are the document's. */
  List<ObjectNode> messages() {
    return messages;
  }

  ObjectNode last() {
    return messages.get(messages.size() - 1);
  }

  /** It can no longer be replaced by a fresh greeting. */
  void taint() {
    metadata.put("tainted", true);
  }

  /** What showing messages adds to them. */
  void displayMessages() {
    messages.forEach(Messages::ensureSwipes);
  }

  /** The author's note, empty, as opening a chat adds it. */
  void displayNotes() {
    if (!metadata.has("note_prompt")) {
      metadata.put("note_prompt", "");
      metadata.put("note_interval", 1);
      metadata.put("note_position", 1);
      metadata.put("note_depth", 4);
      metadata.put("note_role", 0);
    }
  }

  /** What assembling a prompt does; also done once, without a generation, when a chat opens. */
  void assemblePrompt(String user) {
    if (!metadata.has("timedWorldInfo")) {
      ObjectNode timed = metadata.putObject("timedWorldInfo");
      timed.putObject("sticky");
      timed.putObject("cooldown");
    }
    if (!messages.isEmpty()) {
      ObjectNode first = messages.get(0);
      String text = first.path("mes").asString("");
      first.put("mes", Messages.substituted(text, user, first.path("name").asString("")));
    }
  }

  /** What a generation does to what is there before it. */
  void generating(String user) {
    taint();
    assemblePrompt(user);
    metadata.put("lastInContextMessageId", 0);
    if (!messages.isEmpty()) {
      Messages.answered(last());
    }
  }

  /** Removes the last round of a group: all messages at the end with one {@code gen_id}. */
  void removeLastRound() {
    JsonNode round = last().path("extra").path("gen_id");
    while (!messages.isEmpty() && last().path("extra").path("gen_id").equals(round)) {
      messages.remove(messages.size() - 1);
    }
  }

  /** A copy up to a message, that one included, as a branch of {@code parent}. */
  ChatDocument fork(int upTo, String parent, String integrity) {
    ChatDocument fork = copy(upTo + 1);
    fork.metadata.put("main_chat", parent);
    fork.metadata.put("integrity", integrity);
    return fork;
  }

  /**
   * A copy for a group whose only member is the solo chat's character.
   *
   * @param firstRound round of the first message; every message gets one of its own
   */
  ChatDocument forGroupOf(SimulatedCharacter member, long firstRound) {
    ChatDocument copy = copy(messages.size());
    copy.metadata.remove("main_chat");
    for (int i = 0; i < copy.messages.size(); i++) {
      ObjectNode message = copy.messages.get(i);
      if (isSpoken(message) && !message.has("force_avatar")) {
        message.put("name", member.name());
        message.put("original_avatar", member.avatar());
        message.put("force_avatar", Messages.thumbnail(member.avatar()));
        ((ObjectNode) message.get("extra")).put("gen_id", firstRound + i);
      }
    }
    return copy;
  }

  /** All that a solo chat's character said, under its new name. */
  void renameCharacter(SimulatedCharacter renamed) {
    messages.stream()
        .filter(ChatDocument::isSpoken)
        .forEach(message -> message.put("name", renamed.name()));
  }

  /** All that a member said in a group chat, under its new name and avatar. */
  void renameMember(SimulatedCharacter old, SimulatedCharacter renamed) {
    for (ObjectNode message : messages) {
      if (isSpoken(message) && message.path("original_avatar").asString("").equals(old.avatar())) {
        message.put("name", renamed.name());
        message.put("force_avatar", Messages.thumbnail(renamed.avatar()));
        message.put("original_avatar", renamed.avatar());
      }
    }
  }

  private static boolean isSpoken(ObjectNode message) {
    ChatMessage view = ChatMessage.of(message);
    return !view.user() && !view.hidden() && !"narrator".equals(view.type());
  }

  private ChatDocument copy(int length) {
    return new ChatDocument(
        metadata.deepCopy(),
        new ArrayList<>(messages.subList(0, length).stream().map(ObjectNode::deepCopy).toList()));
  }
}
