package dev.tavernmem0.watcher.history;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What the chat files of a data root say, read in the simplest way there is.
 *
 * @param published what must be in the log
 * @param unnamed what may be there: files without integrity and without a user's line
 * @param files all of them
 */
record SavedChats(List<Chat> published, List<Chat> unnamed, List<File> files) {
  private static final Set<String> NOTES = Set.of("comment", "help", "generic", "assistant_note");

  /** A chat with a line at least. */
  record Chat(String handle, List<Said> lines) {}

  /**
   * A file.
   *
   * @param path below the data root
   * @param integrity empty if it has none
   * @param bytes all that is in it
   */
  record File(Path path, String integrity, String bytes, Chat chat) {}

  /** A line as far as the log must say the same; the name of a character's line is left out. */
  record Said(Role role, boolean hidden, @Nullable String name, String text) {
    static Said of(Turn turn) {
      String name = turn.role() == Role.USER ? turn.name() : null;
      return new Said(turn.role(), turn.hidden(), name, turn.text());
    }
  }

  static SavedChats in(Path dataRoot) throws IOException {
    SavedChats chats = new SavedChats(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try (Stream<Path> files = Files.walk(dataRoot)) {
      for (Path file : files.filter(path -> isChat(dataRoot.relativize(path))).toList()) {
        chats.add(dataRoot.relativize(file), Files.readAllBytes(file));
      }
    }
    return chats;
  }

  private static boolean isChat(Path file) {
    return file.toString().endsWith(".jsonl")
        && ((file.getNameCount() == 4 && file.getName(1).toString().equals("chats"))
            || (file.getNameCount() == 3 && file.getName(1).toString().equals("group chats")));
  }

  private void add(Path path, byte[] bytes) {
    List<Said> lines = new ArrayList<>();
    String integrity = "";
    String file = new String(bytes, StandardCharsets.UTF_8);
    for (String text : file.split("\n")) {
      JsonNode json = parse(text);
      if (json.path("mes").isString()) {
        lines.add(said(json));
      } else if (lines.isEmpty() && json.has("chat_metadata")) {
        integrity = json.path("chat_metadata").path("integrity").asString("");
      }
    }
    boolean user = lines.stream().anyMatch(line -> line.role() == Role.USER);
    Chat chat = new Chat(path.getName(0).toString(), List.copyOf(lines));
    files.add(new File(path, integrity, file, chat));
    if (!lines.isEmpty()) {
      (user || !integrity.isEmpty() ? published : unnamed).add(chat);
    }
  }

  private static Said said(JsonNode json) {
    boolean user = json.path("is_user").asBoolean(false);
    String type = json.path("extra").path("type").asString("");
    Role role = Role.ASSISTANT;
    if (user) {
      role = Role.USER;
    } else if (type.equals("narrator")) {
      role = Role.NARRATOR;
    } else if (NOTES.contains(type)) {
      role = Role.SYSTEM;
    }
    JsonNode system = json.path("is_system");
    boolean hidden = system.isBoolean() ? system.booleanValue() : !system.asString("").isEmpty();
    String name = user ? json.path("name").asString("") : null;
    return new Said(role, hidden, name, json.path("mes").asString());
  }

  private static JsonNode parse(String line) {
    try {
      return Json.MAPPER.readTree(line.strip());
    } catch (JacksonException e) {
      return Json.MAPPER.createObjectNode();
    }
  }
}
