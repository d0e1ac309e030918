package dev.tavernmem0.testkit.sillytavern;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A group of characters: {@code groups/<id>.json}. */
public final class SimulatedGroup {
  private final SimulatedUser user;
  private final String id;
  private final String name;
  private final List<String> members;
  private final List<String> disabled = new ArrayList<>();
  private final List<String> chats = new ArrayList<>();
  private String chat;

  SimulatedGroup(
      SimulatedUser user, String name, List<SimulatedCharacter> members, String firstChat) {
    this.user = user;
    this.id = Long.toString(user.time().tick().toEpochMilli());
    this.name = name;
    this.members = new ArrayList<>(members.stream().map(SimulatedCharacter::avatar).toList());
    this.chat = firstChat;
    this.chats.add(firstChat);
  }

  public String id() {
    return id;
  }

  public String name() {
    return name;
  }

  /** Avatar files of the members, muted ones included. */
  public List<String> members() {
    return List.copyOf(members);
  }

  /** Names of the group's chats, without extension. */
  public List<String> chats() {
    return List.copyOf(chats);
  }

  /** The group's file. */
  public Path path() {
    return user.groupFile(id);
  }

  public void add(SimulatedCharacter member) {
    members.add(member.avatar());
    save();
  }

  public void remove(SimulatedCharacter member) {
    members.remove(member.avatar());
    save();
  }

  /** Mutes a member: it stays in the group and does not speak. */
  public void mute(SimulatedCharacter member) {
    disabled.add(member.avatar());
    save();
  }

  List<SimulatedCharacter> memberCharacters() {
    return user.characters(members);
  }

  void open(String newChat) {
    addChat(newChat);
    chat = newChat;
    save();
  }

  void addChat(String added) {
    chats.add(added);
    save();
  }

  void renameChat(String from, String to) {
    if (chat.equals(from)) {
      chat = to;
    }
    chats.remove(from);
    chats.add(to);
    save();
  }

  void removeChat(String removed) {
    chats.remove(removed);
    if (chat.equals(removed) && !chats.isEmpty()) {
      chat = chats.get(chats.size() - 1);
    }
    save();
  }

  boolean replaceMember(SimulatedCharacter old, SimulatedCharacter renamed) {
    int index = members.indexOf(old.avatar());
    if (index < 0) {
      return false;
    }
    members.set(index, renamed.avatar());
    save();
    return true;
  }

  /** Creates the file, as the server does. */
  void create() {
    user.files().save(path(), StJson.stringifyIndented(json()));
  }

  /** Saves the file with what the client knows beside it. */
  void save() {
    ObjectNode json = json();
    long now = user.time().tick().toEpochMilli();
    json.put("date_added", Long.parseLong(id));
    json.put("create_date", Instant.ofEpochMilli(Long.parseLong(id)).toString());
    json.put("date_last_chat", now);
    json.put("chat_size", 0);
    user.files().save(path(), StJson.stringifyIndented(json));
  }

  private ObjectNode json() {
    ObjectNode json = StJson.object();
    json.put("id", id);
    json.put("name", name);
    strings(json.putArray("members"), members);
    json.put("avatar_url", "img/ai4.png");
    json.put("allow_self_responses", false);
    json.put("activation_strategy", 0);
    json.put("generation_mode", 0);
    strings(json.putArray("disabled_members"), disabled);
    json.put("fav", false);
    json.put("chat_id", chat);
    strings(json.putArray("chats"), chats);
    json.put("auto_mode_delay", 5);
    json.put("generation_mode_join_prefix", "");
    json.put("generation_mode_join_suffix", "");
    return json;
  }

  private static void strings(ArrayNode array, List<String> values) {
    values.forEach(array::add);
  }
}
