package dev.tavernmem0.testkit.sillytavern;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A chat that is open in a browser tab. Every action changes the file as SillyTavern does, and
 * {@link #messages()} is what the file must say then. Indexes count messages from 0, without the
 * header.
 */
public final class SimulatedChat {
  private final SimulatedUser user;
  private final @Nullable SimulatedCharacter character;
  private final @Nullable SimulatedGroup group;
  private final Messages make;
  private final ChatDocument document;
  private String name;
  private long round;

  private SimulatedChat(
      SimulatedUser user,
      @Nullable SimulatedCharacter character,
      @Nullable SimulatedGroup group,
      String name,
      ChatDocument document) {
    this.user = user;
    this.character = character;
    this.group = group;
    this.name = name;
    this.document = document;
    this.make = new Messages(user.time());
  }

  static SimulatedChat create(
      SimulatedUser user,
      @Nullable SimulatedCharacter character,
      @Nullable SimulatedGroup group,
      String name) {
    SimulatedChat chat = new SimulatedChat(user, character, group, name, ChatDocument.empty());
    if (group == null) {
      chat.identify();
      SimulatedCharacter speaker = chat.speaker();
      if (!speaker.greeting().isEmpty()) {
        chat.document.messages().add(chat.make.greeting(speaker));
      }
      chat.write();
    } else {
      for (SimulatedCharacter member : group.memberCharacters()) {
        if (!member.greeting().isEmpty()) {
          ObjectNode greeting = chat.make.groupGreeting(member, user.persona());
          Messages.ensureSwipes(greeting);
          chat.document.messages().add(greeting);
        }
      }
      chat.write();
      chat.identify();
    }
    chat.display();
    return chat;
  }

  static SimulatedChat load(
      SimulatedUser user,
      @Nullable SimulatedCharacter character,
      @Nullable SimulatedGroup group,
      String name) {
    Path file = user.path(character, group, name);
    ChatDocument document = ChatDocument.parse(user.files().read(file));
    SimulatedChat chat = new SimulatedChat(user, character, group, name, document);
    chat.identify();
    chat.display();
    return chat;
  }

  /** The same chat in another tab, as the file is now: the tab that saves last wins. */
  public SimulatedChat secondTab() {
    return load(user, character, group, name);
  }

  public Path path() {
    return user.path(character, group, name);
  }

  /** File name without extension. */
  public String name() {
    return name;
  }

  /** {@code chat_metadata.integrity}; a new group's file does not have it before its next save. */
  public String integrity() {
    return document.metadata().path("integrity").asString();
  }

  /** The group; throws in a solo chat. */
  public SimulatedGroup group() {
    return Objects.requireNonNull(group, "a solo chat has no group");
  }

  /** What the file says, or will say after the next save. */
  public List<ChatMessage> messages() {
    return document.messages().stream().map(ChatMessage::of).toList();
  }

  public int size() {
    return document.messages().size();
  }

  /** The user's line; saved before the reply is generated. */
  public void send(String text) {
    round = user.time().tick().toEpochMilli();
    document.taint();
    document.messages().add(make.user(user.persona(), SimulatedUser.PERSONA_AVATAR, text));
    save();
  }

  /** The reply of a solo chat's character. */
  public void reply(String text) {
    reply(speaker(), text, "");
  }

  /** A reply by a character, in a group chat. */
  public void reply(SimulatedCharacter character, String text) {
    reply(character, text, "");
  }

  /** A reply with the model's reasoning. */
  public void reply(SimulatedCharacter character, String text, String reasoning) {
    document.generating(user.persona());
    document.messages().add(make.reply(character, text, reasoning, group == null ? null : round));
    save();
  }

  /** {@link #send} and {@link #reply(String)}: two saves. */
  public void ask(String question, String answer) {
    send(question);
    reply(answer);
  }

  /** The model writes the user's line into the input box: only the header is saved. */
  public void impersonate() {
    document.generating(user.persona());
    save();
  }

  /** Swipes right past the last alternative of the last message: a new one is generated. */
  public void swipe(String text) {
    document.generating(user.persona());
    make.swipeNew(document.last(), text);
    save();
  }

  /** Swipes the last message to an alternative that is there already. */
  public void swipeTo(int swipe) {
    make.swipeTo(document.last(), swipe);
    save();
  }

  /** Generates the last reply of a solo chat anew; its alternatives are gone. */
  public void regenerate(String text) {
    document.messages().remove(size() - 1);
    reply(text);
  }

  /** Generates the last round of a group chat anew; until all have spoken the file is shorter. */
  public void regenerateRound(GroupReply... replies) {
    document.removeLastRound();
    round = user.time().tick().toEpochMilli();
    for (GroupReply reply : replies) {
      reply(reply.speaker(), reply.text());
    }
  }

  /** Has the last reply continued. */
  public void continueReply(String more) {
    document.generating(user.persona());
    make.continued(document.last(), more);
    save();
  }

  public void edit(int index, String text) {
    document.taint();
    Messages.edited(document.messages().get(index), text);
    save();
  }

  public void hide(int index) {
    hide(index, index);
  }

  /** {@code /hide from-to}, both included. */
  public void hide(int from, int to) {
    document.messages().subList(from, to + 1).forEach(message -> message.put("is_system", true));
    save();
  }

  /** {@code /unhide from-to}, both included. */
  public void unhide(int from, int to) {
    document.messages().subList(from, to + 1).forEach(message -> message.put("is_system", false));
    save();
  }

  public void delete(int index) {
    cut(index, index);
  }

  /** Deletes a message and all after it. */
  public void deleteFrom(int index) {
    cut(index, size() - 1);
  }

  /** {@code /cut from-to}, both included. */
  public void cut(int from, int to) {
    document.taint();
    document.messages().subList(from, to + 1).clear();
    save();
  }

  public void moveUp(int index) {
    Collections.swap(document.messages(), index, index - 1);
    save();
  }

  public void moveDown(int index) {
    Collections.swap(document.messages(), index, index + 1);
    save();
  }

  /** {@code /sys}. */
  public void narrate(String text) {
    append(make.narrator(text));
  }

  /** {@code /sys at=index}. */
  public void narrateAt(int index, String text) {
    insert(index, make.narrator(text));
  }

  /** {@code /comment}: for the user's eyes only. */
  public void comment(String text) {
    append(make.comment(text));
  }

  /** {@code /sendas name=…}. */
  public void sendAs(SimulatedCharacter speaker, String text) {
    append(make.sentAs(speaker, text));
  }

  /** {@code /sendas name=… at=index}. */
  public void sendAsAt(int index, SimulatedCharacter speaker, String text) {
    insert(index, make.sentAs(speaker, text));
  }

  /** {@code /send at=index}: a line of the user, without a reply. */
  public void sendAt(int index, String text) {
    insert(index, make.user(user.persona(), SimulatedUser.PERSONA_AVATAR, text));
  }

  /** Renames the file: a copy, then the old one is deleted. */
  public void rename(String newName) {
    Path old = path();
    String oldName = name;
    name = newName;
    user.files().copy(old, path());
    user.files().delete(old);
    if (group != null) {
      group.renameChat(oldName, newName);
    }
  }

  /** Deletes the chat. */
  public void delete() {
    user.files().delete(path());
    if (group != null) {
      group.removeChat(name);
    }
  }

  /** Imports a copy of this file: same integrity, same dates. */
  public SimulatedChat importCopy() {
    return user.importChat(speaker(), path());
  }

  /** A branch up to a message, that one included; this file is not saved. */
  public SimulatedChat branch(int upTo) {
    String base = name.replaceAll(" - Branch #\\d+$", "");
    int number = 1;
    while (Files.exists(user.path(character, group, base + " - Branch #" + number))) {
      number++;
    }
    SimulatedChat branch = fork(base + " - Branch #" + number, upTo);
    ObjectNode extra = (ObjectNode) document.messages().get(upTo).get("extra");
    extra.withArray("branches").add(branch.name);
    return branch;
  }

  /** A checkpoint up to a message; this file is saved with a link to it. */
  public SimulatedChat checkpoint(int upTo, String checkpointName) {
    SimulatedChat checkpoint = fork(checkpointName, upTo);
    ((ObjectNode) document.messages().get(upTo).get("extra")).put("bookmark_link", checkpointName);
    save();
    return checkpoint;
  }

  /** Converts a solo chat: a new group with a copy of it, same integrity and dates. */
  public SimulatedChat convertToGroup() {
    SimulatedCharacter member = speaker();
    String groupChat = user.time().humanized();
    SimulatedGroup converted = user.addGroup("Group: " + member.name(), List.of(member), groupChat);
    long firstRound = user.time().tick().toEpochMilli();
    SimulatedChat chat =
        new SimulatedChat(
            user, null, converted, groupChat, document.forGroupOf(member, firstRound));
    chat.write();
    return chat;
  }

  /**
   * The server dies between writing the temporary file and renaming it.
   *
   * @return the orphaned temporary file, which holds one more line
   */
  public Path crashWhileSending(String text) {
    ObjectNode lost = make.user(user.persona(), SimulatedUser.PERSONA_AVATAR, text);
    return user.files().crashDuringSave(path(), document.textWith(lost));
  }

  /** Saves the chat as this tab has it. */
  public void save() {
    write();
    if (group != null) {
      group.save();
    }
  }

  void renameSpeaker(SimulatedCharacter old, SimulatedCharacter renamed) {
    if (group == null) {
      document.renameCharacter(renamed);
    } else {
      document.renameMember(old, renamed);
    }
    write();
  }

  private SimulatedChat fork(String forkName, int upTo) {
    ChatDocument copy = document.fork(upTo, name, user.newId().toString());
    SimulatedChat fork = new SimulatedChat(user, character, group, forkName, copy);
    if (group != null) {
      group.addChat(forkName);
    }
    fork.write();
    return fork;
  }

  private void append(ObjectNode message) {
    document.taint();
    document.messages().add(message);
    Messages.ensureSwipes(message);
    save();
  }

  private void insert(int index, ObjectNode message) {
    document.taint();
    document.messages().add(index, message);
    save();
    display();
  }

  /** Shows the chat; a solo chat's prompt is assembled once before anything is saved. */
  private void display() {
    document.displayNotes();
    if (group == null) {
      document.assemblePrompt(user.persona());
    }
    document.displayMessages();
  }

  private void identify() {
    if (!document.metadata().has("integrity")) {
      document.metadata().put("integrity", user.newId().toString());
    }
  }

  private SimulatedCharacter speaker() {
    return Objects.requireNonNull(character, "name the character that speaks in a group chat");
  }

  private void write() {
    user.files().save(path(), document.text());
  }
}
