package dev.tavernmem0.watcher.history;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.testkit.sillytavern.ChatMessage;
import dev.tavernmem0.testkit.sillytavern.GroupReply;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedCharacter;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedGroup;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A SillyTavern in which something random happens. Each action depends on its own seed and on what
 * is there, so that a history stays one when actions are left out of it.
 */
final class RandomTavern {
  private static final String[] NAMES = {"Mara", "Teo", "Ann Lee", "Göran", "猫"};
  private static final String[] COMMON = {"Yes.", "No.", "…", ""};

  private final SillyTavernSimulator tavern;
  private final List<Place> places = new ArrayList<>();
  private final List<Tab> tabs = new ArrayList<>();
  private final List<Backup> backups = new ArrayList<>();

  /** Where chats can be: a character of a user, or a group. */
  private static final class Place {
    final SimulatedUser user;
    final @Nullable SimulatedGroup group;
    @Nullable SimulatedCharacter character;

    Place(
        SimulatedUser user,
        @Nullable SimulatedCharacter character,
        @Nullable SimulatedGroup group) {
      this.user = user;
      this.character = character;
      this.group = group;
    }
  }

  /** A chat in a browser tab, which may show what its file does not say any more. */
  private record Tab(Place place, SimulatedChat chat) {}

  private record Backup(Path path, byte[] bytes) {}

  RandomTavern(Path root, long seed) {
    tavern = SillyTavernSimulator.at(root);
    Random random = new Random(seed);
    int users = 1 + random.nextInt(2);
    for (int u = 0; u < users; u++) {
      SimulatedUser user = tavern.user(u == 0 ? "default-user" : "other");
      int characters = 1 + random.nextInt(3);
      for (int c = 0; c < characters; c++) {
        places.add(new Place(user, user.character(NAMES[c], "Welcome, {{user}}."), null));
      }
    }
    int chats = random.nextInt(4);
    for (int i = 0; i < chats; i++) {
      talk(newChat(pick(random, places)), random, random.nextInt(8) == 0 ? 40 : 4);
    }
  }

  /** Does something; returns what. */
  String act(long seed) throws IOException {
    Random random = new Random(seed);
    List<Path> files = chatFiles();
    int kind = random.nextInt(100);
    if (files.isEmpty() || kind < 6) {
      Tab tab = newChat(pick(random, places));
      if (random.nextInt(5) > 0) {
        talk(tab, random, 4);
      }
      return "new chat " + describe(tab);
    }
    if (kind < 8) {
      return newGroup(random);
    }
    if (kind < 72) {
      return inChat(random);
    }
    if (kind < 76) {
      return renameCharacter(random);
    }
    return withFiles(random, files);
  }

  // In a chat

  private String inChat(Random random) {
    Tab tab = tab(random);
    if (tab == null) {
      return "nothing";
    }
    SimulatedChat chat = tab.chat();
    int size = chat.size();
    int at = size == 0 ? 0 : random.nextInt(size);
    int to = size == 0 ? 0 : at + random.nextInt(Math.min(4, size - at));
    String text = text(random);
    String what;
    switch (random.nextInt(26)) {
      case 0, 1, 2 -> {
        chat.send(text);
        what = "send";
      }
      case 3, 4, 5 -> {
        talk(tab, random, 2);
        what = "talk";
      }
      case 6 -> {
        if (size == 0) {
          return "nothing";
        }
        if (!lastIsReply(chat)) {
          return "nothing";
        }
        chat.swipe(text);
        what = "swipe";
      }
      case 7 -> {
        if (size == 0 || !lastIsReply(chat)) {
          return "nothing";
        }
        chat.swipeTo(random.nextInt(chat.messages().get(size - 1).swipes()));
        what = "swipe to";
      }
      case 8 -> {
        if (size == 0 || !lastIsReply(chat)) {
          return "nothing";
        }
        chat.continueReply(" And " + text);
        what = "continue";
      }
      case 9 -> {
        if (size == 0 || !lastIsReply(chat)) {
          return "nothing";
        }
        if (tab.place().group == null) {
          chat.regenerate(text);
        } else {
          chat.regenerateRound(new GroupReply(speaker(tab, random), text));
        }
        what = "regenerate";
      }
      case 10, 11 -> {
        if (size == 0) {
          return "nothing";
        }
        chat.edit(at, text);
        what = "edit " + at;
      }
      case 12 -> {
        if (size == 0) {
          return "nothing";
        }
        chat.hide(at, to);
        what = "hide " + at + "-" + to;
      }
      case 13 -> {
        if (size == 0) {
          return "nothing";
        }
        chat.unhide(0, size - 1);
        what = "unhide all";
      }
      case 14 -> {
        if (size == 0) {
          return "nothing";
        }
        chat.delete(at);
        what = "delete " + at;
      }
      case 15 -> {
        if (size == 0) {
          return "nothing";
        }
        chat.deleteFrom(at);
        what = "delete from " + at;
      }
      case 16 -> {
        if (size == 0) {
          return "nothing";
        }
        chat.cut(at, to);
        what = "cut " + at + "-" + to;
      }
      case 17 -> {
        if (at == 0) {
          return "nothing";
        }
        chat.moveUp(at);
        what = "move up " + at;
      }
      case 18 -> {
        chat.narrateAt(at, text);
        what = "narrate at " + at;
      }
      case 19 -> {
        chat.sendAt(at, text);
        what = "send at " + at;
      }
      case 20 -> {
        chat.sendAsAt(at, speaker(tab, random), text);
        what = "send as at " + at;
      }
      case 21 -> {
        chat.comment(text);
        what = "comment";
      }
      case 22 -> {
        if (size == 0) {
          return "nothing";
        }
        tabs.add(new Tab(tab.place(), chat.branch(at)));
        what = "branch at " + at;
      }
      case 23 -> {
        if (size == 0) {
          return "nothing";
        }
        tabs.add(new Tab(tab.place(), chat.checkpoint(at, "Checkpoint " + random.nextInt(9))));
        what = "checkpoint at " + at;
      }
      case 24 -> {
        chat.impersonate();
        what = "impersonate";
      }
      default -> {
        tab.place().user.persona("Persona " + random.nextInt(3));
        what = "persona";
      }
    }
    return what + " in " + describe(tab);
  }

  private void talk(Tab tab, Random random, int most) {
    int rounds = 1 + random.nextInt(most);
    for (int i = 0; i < rounds; i++) {
      tab.chat().send(text(random));
      if (random.nextInt(6) > 0) {
        tab.chat().reply(speaker(tab, random), text(random));
      }
    }
  }

  private static boolean lastIsReply(SimulatedChat chat) {
    ChatMessage last = chat.messages().get(chat.size() - 1);
    return !last.user() && last.type() == null && !last.hidden();
  }

  private SimulatedCharacter speaker(Tab tab, Random random) {
    SimulatedCharacter character = tab.place().character;
    if (character != null) {
      return character;
    }
    List<SimulatedCharacter> all =
        places.stream()
            .filter(place -> place.user == tab.place().user && place.character != null)
            .map(place -> place.character)
            .toList();
    return pick(random, all);
  }

  // Chats and characters

  private Tab newChat(Place place) {
    SimulatedCharacter character = place.character;
    SimulatedChat chat =
        character == null ? place.user.newChat(place.group) : place.user.newChat(character);
    Tab tab = new Tab(place, chat);
    tabs.add(tab);
    return tab;
  }

  private String newGroup(Random random) {
    SimulatedUser user = pick(random, places).user;
    SimulatedCharacter[] members =
        places.stream()
            .filter(place -> place.user == user && place.character != null)
            .map(place -> place.character)
            .toArray(SimulatedCharacter[]::new);
    SimulatedChat chat = user.group("Group " + random.nextInt(9), members);
    Tab tab = new Tab(new Place(user, null, chat.group()), chat);
    places.add(tab.place());
    tabs.add(tab);
    if (random.nextInt(3) > 0) {
      talk(tab, random, 3);
    }
    return "new group " + describe(tab);
  }

  private String renameCharacter(Random random) {
    Place place = pick(random, places);
    SimulatedCharacter character = place.character;
    if (character == null) {
      return "nothing";
    }
    // The tabs that show its chats are told to go there, as the renaming one is.
    tabs.removeIf(tab -> tab.place().user == place.user);
    String name = NAMES[random.nextInt(NAMES.length)] + random.nextInt(9);
    boolean pastChats = random.nextBoolean();
    place.character = place.user.rename(character, name, pastChats);
    return "rename " + character.stem() + " to " + place.character.stem() + ", past " + pastChats;
  }

  /** A tab on a chat that is there: mostly a new one, sometimes one that shows an old state. */
  private @Nullable Tab tab(Random random) {
    tabs.removeIf(tab -> !Files.exists(tab.chat().path().getParent()));
    if (!tabs.isEmpty() && random.nextInt(6) == 0) {
      return pick(random, tabs);
    }
    List<Tab> openable = new ArrayList<>();
    for (Place place : places) {
      SimulatedCharacter character = place.character;
      List<String> names =
          character == null ? place.group.chats() : place.user.chatNames(character);
      for (String name : names) {
        if (character != null) {
          openable.add(new Tab(place, place.user.open(character, name)));
        } else if (Files.exists(groupChat(place, name))) {
          openable.add(new Tab(place, place.user.open(place.group, name)));
        }
      }
    }
    if (openable.isEmpty()) {
      return null;
    }
    Tab tab = pick(random, openable);
    if (random.nextInt(3) == 0) {
      tabs.add(tab);
    }
    return tab;
  }

  private static Path groupChat(Place place, String name) {
    return place.user.directory().resolve("group chats").resolve(name + ".jsonl");
  }

  // Files

  private String withFiles(Random random, List<Path> files) throws IOException {
    Path file = pick(random, files);
    byte[] bytes = Files.readAllBytes(file);
    String shown = tavern.dataRoot().relativize(file).toString();
    Tab tab = random.nextInt(2) == 0 ? tab(random) : null;
    switch (random.nextInt(20)) {
      case 0, 1 -> {
        Path to = free(file, "renamed");
        Files.copy(file, to);
        Files.delete(file);
        return "rename " + shown + " to " + to.getFileName();
      }
      case 2, 3 -> {
        Files.delete(file);
        backups.add(new Backup(file, bytes));
        return "delete " + shown;
      }
      case 4 -> {
        Path to = free(file, "imported");
        Files.write(to, bytes);
        return "copy " + shown + " to " + to.getFileName();
      }
      case 5 -> {
        Place place = pick(random, places);
        if (place.character == null) {
          return "nothing";
        }
        Path directory = place.user.directory().resolve("chats/" + place.character.stem());
        Files.createDirectories(directory);
        Path to = free(directory.resolve("x.jsonl"), "imported");
        Files.write(to, bytes);
        if (random.nextInt(3) == 0) {
          Files.delete(file);
          return "move " + shown + " to " + place.character.stem();
        }
        return "import " + shown + " for " + place.character.stem();
      }
      case 6 -> {
        if (tab == null || tab.place().character == null) {
          return "nothing";
        }
        SimulatedChat group = tab.chat().convertToGroup();
        Place place = new Place(tab.place().user, null, group.group());
        places.add(place);
        return "convert to group " + describe(tab);
      }
      case 7, 8 -> {
        backups.add(new Backup(file, bytes));
        save(file, wiped(bytes, random));
        return "wipe " + shown;
      }
      case 9 -> {
        backups.add(new Backup(file, bytes));
        Path other = pick(random, files);
        boolean wholly = random.nextBoolean();
        byte[] text = Files.readAllBytes(other);
        if (wholly) {
          save(file, text);
        } else {
          save(file, headerOf(bytes) + bodyOf(text));
        }
        return "text of "
            + tavern.dataRoot().relativize(other)
            + (wholly ? " with its header" : "")
            + " into "
            + shown;
      }
      case 10, 11, 12 -> {
        if (backups.isEmpty()) {
          backups.add(new Backup(file, bytes));
          return "backup of " + shown;
        }
        Backup backup = pick(random, backups);
        if (!Files.exists(backup.path().getParent())) {
          return "nothing";
        }
        Path to = random.nextInt(3) > 0 ? backup.path() : free(backup.path(), "restored");
        save(to, backup.bytes());
        return "restore " + tavern.dataRoot().relativize(to);
      }
      case 13 -> {
        Path to = free(file, "old");
        Files.writeString(to, oldChat(random));
        return "old chat " + to.getFileName();
      }
      case 14 -> {
        List<String> lines = new ArrayList<>(lines(bytes));
        lines.add(random.nextInt(lines.size() + 1), badLine(random));
        save(file, String.join("\n", lines));
        return "bad line in " + shown;
      }
      case 15 -> {
        int length = random.nextInt(3) == 0 ? 0 : random.nextInt(bytes.length + 1);
        backups.add(new Backup(file, bytes));
        Files.write(file, java.util.Arrays.copyOf(bytes, length));
        return "cut " + shown + " to " + length + " bytes";
      }
      case 16 -> {
        Path other = pick(random, files);
        byte[] others = Files.readAllBytes(other);
        save(file, others);
        save(other, bytes);
        return "swap " + shown + " and " + tavern.dataRoot().relativize(other);
      }
      case 17 -> {
        String name = "Persona " + random.nextInt(3);
        save(file, spokenBy(bytes, name));
        return "persona sync to " + name + " in " + shown;
      }
      case 18 -> {
        boolean crlf = random.nextBoolean();
        String text = new String(bytes, StandardCharsets.UTF_8);
        save(file, crlf ? text.replace("\n", "\r\n") + "\r\n\r\n" : text);
        return (crlf ? "CRLF in " : "touch ") + shown;
      }
      default -> {
        if (random.nextInt(3) > 0 || !file.getParent().getParent().endsWith("chats")) {
          return "nothing";
        }
        try (Stream<Path> siblings = Files.list(file.getParent())) {
          for (Path sibling : siblings.toList()) {
            backups.add(new Backup(sibling, Files.readAllBytes(sibling)));
            Files.delete(sibling);
          }
        }
        return "delete all beside " + shown;
      }
    }
  }

  private byte[] wiped(byte[] bytes, Random random) {
    String header =
        switch (random.nextInt(4)) {
          case 0 -> headerOf(bytes);
          case 1, 2 ->
              "{\"chat_metadata\":{\"timedWorldInfo\":{}},\"user_name\":\"unused\","
                  + "\"character_name\":\"unused\"}";
          default ->
              "{\"chat_metadata\":{\"integrity\":\""
                  + new UUID(random.nextLong(), random.nextLong())
                  + "\"},\"user_name\":\"unused\",\"character_name\":\"unused\"}\n"
                  + line(false, "Welcome back.", "2026-03-01T10:00:00.000Z");
        };
    return header.getBytes(StandardCharsets.UTF_8);
  }

  private static String oldChat(Random random) {
    StringBuilder chat = new StringBuilder("{\"user_name\":\"User\",\"character_name\":\"Mara\"}");
    int lines = 1 + random.nextInt(8);
    int minute = random.nextInt(30);
    for (int i = 0; i < lines; i++) {
      minute += random.nextInt(2);
      String date = String.format(Locale.ROOT, "June 19, 2023 2:%02dpm", minute);
      chat.append('\n').append(line(i % 2 == 1, text(random), date));
    }
    return chat.toString();
  }

  private static String line(boolean user, String text, String date) {
    ObjectNode line = Json.MAPPER.createObjectNode();
    line.put("name", user ? "User" : "Mara");
    line.put("is_user", user);
    line.put("is_system", false);
    line.put("send_date", date);
    line.put("mes", text);
    line.putObject("extra");
    return Json.MAPPER.writeValueAsString(line);
  }

  private static String badLine(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> "{\"mes\": broken";
      case 1 -> "null";
      case 2 -> "{\"name\":\"Mara\",\"is_user\":false}";
      case 3 -> "[1,2,";
      default -> line(random.nextBoolean(), text(random), "+1000000000-01-01T00:00:00Z");
    };
  }

  private static String spokenBy(byte[] bytes, String name) {
    List<String> lines = new ArrayList<>();
    for (String line : lines(bytes)) {
      if (parse(line) instanceof ObjectNode json && json.path("is_user").asBoolean(false)) {
        json.put("name", name);
        lines.add(Json.MAPPER.writeValueAsString(json));
      } else {
        lines.add(line);
      }
    }
    return String.join("\n", lines);
  }

  private static @Nullable JsonNode parse(String line) {
    try {
      return Json.MAPPER.readTree(line);
    } catch (JacksonException e) {
      return null;
    }
  }

  private static String headerOf(byte[] bytes) {
    List<String> lines = lines(bytes);
    return lines.isEmpty() || !lines.get(0).contains("user_name")
        ? "{\"user_name\":\"unused\"}"
        : lines.get(0);
  }

  private static String bodyOf(byte[] bytes) {
    StringBuilder body = new StringBuilder();
    lines(bytes).stream()
        .filter(line -> !line.contains("\"user_name\""))
        .forEach(line -> body.append('\n').append(line));
    return body.toString();
  }

  private static List<String> lines(byte[] bytes) {
    return List.of(new String(bytes, StandardCharsets.UTF_8).split("\n"));
  }

  private static void save(Path file, String text) throws IOException {
    save(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void save(Path file, byte[] bytes) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".1");
    Files.write(temporary, bytes);
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Path free(Path beside, String suffix) {
    String stem = beside.getFileName().toString().replaceAll("( \\w+ \\d+)?\\.jsonl$", "");
    for (int n = 1; ; n++) {
      Path path = beside.resolveSibling(stem + " " + suffix + " " + n + ".jsonl");
      if (!Files.exists(path)) {
        return path;
      }
    }
  }

  private List<Path> chatFiles() throws IOException {
    try (Stream<Path> all = Files.walk(tavern.dataRoot())) {
      return all.filter(path -> path.getFileName().toString().endsWith(".jsonl"))
          .filter(path -> !path.toString().contains("/backups/"))
          .sorted(Comparator.naturalOrder())
          .toList();
    }
  }

  private String describe(Tab tab) {
    return tavern.dataRoot().relativize(tab.chat().path()).toString();
  }

  private static String text(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> COMMON[random.nextInt(COMMON.length)];
      case 1 -> "Two lines,\nand a 🐈\u2028 " + random.nextInt(1_000_000);
      default -> "Item " + random.nextInt(1_000_000);
    };
  }

  private static <T> T pick(Random random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
