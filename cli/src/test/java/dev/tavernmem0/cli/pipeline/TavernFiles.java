package dev.tavernmem0.cli.pipeline;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What the chat files of a user say, read in the simplest way there is.
 *
 * @param chats those with a line at least
 */
record TavernFiles(List<FileChat> chats) {
  private static final Set<String> NOTES = Set.of("comment", "help", "generic", "assistant_note");

  /**
   * A chat.
   *
   * @param place the character's directory, or {@code group:} and the group's id
   * @param nameless neither an integrity nor a line of the user: it may be published or not
   */
  record FileChat(String place, Path file, boolean nameless, List<Line> lines) {}

  /**
   * A line.
   *
   * @param user the name over a line of the user; null over all others, whose speaker may have been
   *     renamed
   * @param date as written
   * @param opening whether no line of the user is before it
   * @param surelyNoGreeting whether a line of the user that is older is before it
   */
  record Line(
      Role role,
      @Nullable String user,
      String date,
      String text,
      boolean hidden,
      boolean opening,
      boolean surelyNoGreeting) {

    /** What makes it the same utterance as another line. */
    Said said() {
      return new Said(role, user, date, text);
    }

    /** Whether it has to be remembered. */
    boolean eligible() {
      return !hidden
          && !text.isBlank()
          && (role == Role.USER || (role == Role.ASSISTANT && surelyNoGreeting));
    }
  }

  /** What is said, by whom and when. */
  record Said(Role role, @Nullable String user, String date, String text) {}

  /** Reads a user's directory. */
  static TavernFiles of(Path userDirectory) throws IOException {
    Map<String, String> owners = groups(userDirectory.resolve("groups"));
    List<FileChat> chats = new ArrayList<>();
    for (Path directory : list(userDirectory.resolve("chats"))) {
      for (Path file : list(directory)) {
        read(directory.getFileName().toString(), file, chats);
      }
    }
    for (Path file : list(userDirectory.resolve("group chats"))) {
      String group = owners.get(stem(file));
      if (group != null) {
        read("group:" + group, file, chats);
      }
    }
    return new TavernFiles(List.copyOf(chats));
  }

  private static Map<String, String> groups(Path directory) throws IOException {
    Map<String, String> owners = new HashMap<>();
    for (Path file : list(directory)) {
      JsonNode group = Json.MAPPER.readTree(Files.readString(file));
      for (JsonNode chat : group.path("chats")) {
        owners.put(chat.asString(), group.path("id").asString());
      }
    }
    return owners;
  }

  private static void read(String place, Path file, List<FileChat> chats) throws IOException {
    if (!file.toString().endsWith(".jsonl")) {
      return;
    }
    List<Line> lines = new ArrayList<>();
    List<String> userDates = new ArrayList<>();
    boolean integrity = false;
    for (String text : Files.readString(file).split("\n")) {
      JsonNode json = parse(text);
      if (json.path("mes").isString()) {
        Line line = line(json, userDates);
        lines.add(line);
        if (line.role() == Role.USER) {
          userDates.add(line.date());
        }
      } else if (lines.isEmpty()) {
        integrity |= json.path("chat_metadata").path("integrity").isString();
      }
    }
    if (!lines.isEmpty()) {
      boolean nameless = !integrity && userDates.isEmpty();
      chats.add(new FileChat(place, file, nameless, List.copyOf(lines)));
    }
  }

  private static Line line(JsonNode json, List<String> userDates) {
    Role role = role(json);
    String date = json.path("send_date").asString("");
    return new Line(
        role,
        role == Role.USER ? json.path("name").asString("") : null,
        date,
        json.path("mes").asString(),
        isTrue(json.path("is_system")),
        userDates.isEmpty(),
        userDates.stream().anyMatch(earlier -> earlier.compareTo(date) <= 0));
  }

  private static Role role(JsonNode json) {
    String type = json.path("extra").path("type").asString("");
    if (json.path("is_user").asBoolean(false)) {
      return Role.USER;
    }
    if (type.equals("narrator")) {
      return Role.NARRATOR;
    }
    return NOTES.contains(type) ? Role.SYSTEM : Role.ASSISTANT;
  }

  private static boolean isTrue(JsonNode json) {
    return json.isBoolean() ? json.booleanValue() : !json.asString("").isEmpty();
  }

  private static JsonNode parse(String line) {
    try {
      return Json.MAPPER.readTree(line.strip());
    } catch (JacksonException e) {
      return Json.MAPPER.createObjectNode();
    }
  }

  private static String stem(Path file) {
    return file.getFileName().toString().replaceAll("\\.jsonl$", "");
  }

  private static List<Path> list(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList();
    }
  }
}
