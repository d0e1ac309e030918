package dev.tavernmem0.cli.pipeline;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.testkit.sillytavern.ChatMessage;
import dev.tavernmem0.testkit.sillytavern.GroupReply;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedCharacter;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedGroup;
import dev.tavernmem0.testkit.sillytavern.SimulatedTime;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A user of SillyTavern, with several characters and several chats of each, to whom something
 * random happens. The same numbers give the same files.
 */
final class RandomTavern {
  private static final String[] NAMES = {"Mara", "Ann Lee", "Göran", "猫"};
  private static final String[] PERSONAS = {"User", "Alex", "Beatriz"};
  private static final String[] COMMON = {"Yes.", "No.", "I see."};
  private static final int FIRST_CHARACTERS = 2;
  private static final int FIRST_CHATS = 2;

  private final String handle;
  private final SimulatedUser user;
  private final List<Person> people = new ArrayList<>();
  private final List<SimulatedGroup> groups = new ArrayList<>();
  private final List<Backup> backups = new ArrayList<>();
  private final Path away;
  private int said;

  /** A character, whatever it is called. */
  static final class Person {
    private SimulatedCharacter now;
    private boolean renamed;
    private boolean wiped;
    private boolean sameForSure = true;
    private @Nullable String scope;

    Person(SimulatedCharacter now) {
      this.now = now;
    }

    /** The directory of its chats. */
    String directory() {
      return now.stem();
    }

    /** The scope id that it was seen to have; null if none was. */
    @Nullable String scope() {
      return scope;
    }

    /** It was seen to have this scope id. */
    void seen(String id) {
      scope = id;
    }

    /** Whether it must have the scope id that it was seen to have, as far as is promised. */
    boolean keepsScope() {
      return scope != null && sameForSure;
    }
  }

  private record Backup(Path path, byte[] bytes) {}

  RandomTavern(Path dataRoot, String handle, long seed, Random random) {
    this.handle = handle;
    this.user =
        SillyTavernSimulator.at(
                dataRoot,
                new SimulatedTime(Instant.parse("2026-01-05T10:00:00Z")),
                SillyTavernSimulator.randomIds(seed),
                file -> {})
            .user(handle);
    this.away = dataRoot.resolveSibling("away-" + handle);
    for (int i = 0; i < FIRST_CHARACTERS; i++) {
      Person person = new Person(user.character(NAMES[i], "Welcome, {{user}}."));
      people.add(person);
      for (int j = 0; j < FIRST_CHATS; j++) {
        talk(user.newChat(person.now), person.now, random, 3);
      }
    }
  }

  String handle() {
    return handle;
  }

  List<Person> people() {
    return List.copyOf(people);
  }

  /** Does something; returns what. */
  String act(Random random) {
    try {
      if (Files.exists(away)) {
        // Nothing can be opened: the directory is not there.
        return random.nextInt(2) == 0 ? mountChats() : "nothing";
      }
      int kind = random.nextInt(100);
      if (kind < 4) {
        Person person = any(random, people);
        SimulatedChat chat = user.newChat(person.now);
        talk(chat, person.now, random, 3);
        return "new chat " + name(chat.path());
      }
      if (kind < 56) {
        return inSoloChat(random);
      }
      if (kind < 64) {
        return inGroup(random);
      }
      if (kind < 70) {
        return withCharacter(random);
      }
      return withFile(random);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is away for a moment only comes back. */
  void end() throws IOException {
    if (Files.exists(away)) {
      mountChats();
    }
  }

  // In a chat

  private String inSoloChat(Random random) {
    Person person = any(random, people);
    List<String> names = user.chatNames(person.now);
    if (names.isEmpty()) {
      SimulatedChat chat = user.newChat(person.now);
      talk(chat, person.now, random, 2);
      return "new chat " + name(chat.path());
    }
    SimulatedChat chat = user.open(person.now, any(random, names));
    return inChat(chat, person.now, random) + " in " + name(chat.path());
  }

  private String inChat(SimulatedChat chat, SimulatedCharacter speaker, Random random) {
    int size = chat.size();
    // Nothing is put before the first message: whether that is a greeting could not be told.
    int at = size < 2 ? size : 1 + random.nextInt(size - 1);
    String text = text(random);
    switch (random.nextInt(24)) {
      case 0, 1, 2 -> {
        chat.send(text);
        return "send";
      }
      case 3, 4, 5, 6, 7 -> {
        talk(chat, speaker, random, 2);
        return "talk";
      }
      case 8 -> {
        chat.sendAt(at, text);
        return "send at " + at;
      }
      case 9 -> {
        chat.narrate(text);
        return "narrate";
      }
      case 10 -> {
        chat.comment(text);
        return "comment";
      }
      case 11 -> {
        user.persona(any(random, List.of(PERSONAS)));
        chat.send(text);
        return "send as another persona";
      }
      default -> {
        return size < 2 ? "nothing" : withMessage(chat, speaker, at, random);
      }
    }
  }

  private String withMessage(
      SimulatedChat chat, SimulatedCharacter speaker, int at, Random random) {
    int size = chat.size();
    int to = at + random.nextInt(Math.min(4, size - at));
    ChatMessage last = chat.messages().get(size - 1);
    boolean reply = !last.user() && last.type() == null && !last.hidden() && size > 1;
    String text = text(random);
    switch (random.nextInt(15)) {
      case 0 -> {
        if (!reply) {
          return "nothing";
        }
        chat.swipe(text);
        return "swipe";
      }
      case 1 -> {
        if (!reply) {
          return "nothing";
        }
        chat.swipeTo(random.nextInt(last.swipes()));
        return "swipe to another";
      }
      case 2 -> {
        if (!reply) {
          return "nothing";
        }
        chat.continueReply(" And more of it.");
        return "continue";
      }
      case 3 -> {
        if (!reply) {
          return "nothing";
        }
        if (last.avatar() == null) {
          chat.regenerate(text);
        } else {
          chat.regenerateRound(new GroupReply(speaker, text));
        }
        return "regenerate";
      }
      case 4, 5 -> {
        chat.edit(at, text);
        return "edit " + at;
      }
      case 6 -> {
        chat.hide(at, to);
        return "hide " + at + "-" + to;
      }
      case 7 -> {
        chat.unhide(0, size - 1);
        return "unhide all";
      }
      case 8 -> {
        chat.delete(at);
        return "delete " + at;
      }
      case 9 -> {
        chat.deleteFrom(at);
        return "delete from " + at;
      }
      case 10 -> {
        chat.cut(at, to);
        return "cut " + at + "-" + to;
      }
      case 11 -> {
        if (at < 2) {
          return "nothing";
        }
        chat.moveUp(at);
        return "move up " + at;
      }
      default -> {
        return fork(chat, at, random);
      }
    }
  }

  private static String fork(SimulatedChat chat, int at, Random random) {
    SimulatedChat fork =
        random.nextBoolean()
            ? chat.branch(at)
            : chat.checkpoint(at, "Checkpoint " + random.nextInt(1000));
    if (random.nextBoolean()) {
      fork.send("In the branch, thing " + random.nextInt(1_000_000) + ".");
    }
    return "fork at " + at + " as " + fork.name();
  }

  private void talk(SimulatedChat chat, SimulatedCharacter speaker, Random random, int most) {
    int rounds = 1 + random.nextInt(most);
    for (int i = 0; i < rounds; i++) {
      chat.send(text(random));
      if (random.nextInt(6) > 0) {
        chat.reply(speaker, text(random));
      }
    }
  }

  private String text(Random random) {
    said++;
    return switch (random.nextInt(16)) {
      case 0, 1 -> any(random, List.of(COMMON));
      case 2 -> random.nextInt(3) == 0 ? "" : "Two lines,\nwith a 🐈, thing " + said + ".";
      default -> "They tell of thing " + said + ".";
    };
  }

  // Groups

  private String inGroup(Random random) {
    if (groups.isEmpty() || (groups.size() < 2 && random.nextInt(4) == 0)) {
      if (random.nextInt(3) == 0) {
        Person person = any(random, people);
        List<String> names = user.chatNames(person.now);
        if (!names.isEmpty()) {
          SimulatedChat chat = user.open(person.now, any(random, names)).convertToGroup();
          groups.add(chat.group());
          return "convert to group " + name(chat.path());
        }
      }
      SimulatedCharacter[] members =
          people.stream().map(person -> person.now).toArray(SimulatedCharacter[]::new);
      SimulatedChat chat = user.group("Group " + groups.size(), members);
      groups.add(chat.group());
      talk(chat, members[0], random, 2);
      return "new group " + name(chat.path());
    }
    SimulatedGroup group = any(random, groups);
    SimulatedCharacter speaker =
        people.stream()
            .map(person -> person.now)
            .filter(one -> group.members().contains(one.avatar()))
            .findAny()
            .orElse(people.get(0).now);
    if (group.chats().isEmpty() || random.nextInt(6) == 0) {
      SimulatedChat chat = user.newChat(group);
      talk(chat, speaker, random, 2);
      return "new group chat " + name(chat.path());
    }
    SimulatedChat chat = user.open(group, any(random, group.chats()));
    return inChat(chat, speaker, random) + " in " + name(chat.path());
  }

  // Characters

  private String withCharacter(Random random) throws IOException {
    Person person = any(random, people);
    if (people.size() < 4 && random.nextInt(3) == 0) {
      String name = any(random, List.of(NAMES));
      Person added = new Person(user.character(name, "Good day."));
      people.add(added);
      SimulatedChat chat = user.newChat(added.now);
      talk(chat, added.now, random, 2);
      return "new character " + added.directory();
    }
    String old = person.directory();
    if (person.wiped || user.chatNames(person.now).isEmpty()) {
      // Nothing may be left by which it could be told that it is the same.
      person.sameForSure = false;
    }
    boolean pastChats = random.nextBoolean();
    person.now =
        user.rename(person.now, any(random, List.of(NAMES)) + random.nextInt(5), pastChats);
    person.renamed = true;
    return "rename " + old + " to " + person.directory() + ", past chats " + pastChats;
  }

  /** What files come and go in a renamed character's directory may hide that it is the same. */
  private void unsettle(Path file) {
    people.stream()
        .filter(person -> person.renamed)
        .filter(person -> file.getParent().endsWith(Path.of("chats", person.directory())))
        .forEach(person -> person.sameForSure = false);
  }

  // Files

  private String withFile(Random random) throws IOException {
    List<Path> files = soloChats();
    if (files.isEmpty()) {
      return "nothing";
    }
    Path file = any(random, files);
    byte[] bytes = Files.readAllBytes(file);
    String shown = name(file);
    switch (random.nextInt(18)) {
      case 0, 1 -> {
        Path to = free(file, "renamed");
        Files.copy(file, to);
        Files.delete(file);
        return "rename " + shown + " to " + to.getFileName();
      }
      case 2, 3 -> {
        if (chatsBeside(file) < 2) {
          return "nothing";
        }
        unsettle(file);
        Files.delete(file);
        backups.add(new Backup(file, bytes));
        return "delete " + shown;
      }
      case 4, 5 -> {
        Path to = free(file, "imported");
        Files.write(to, bytes);
        return "copy " + shown + " to " + to.getFileName();
      }
      case 6, 7 -> {
        Person other = any(random, people);
        Path directory = user.directory().resolve("chats").resolve(other.directory());
        if (!Files.isDirectory(directory)) {
          return "nothing";
        }
        Path to = free(directory.resolve("x.jsonl"), "imported");
        unsettle(file);
        unsettle(to);
        Files.write(to, bytes);
        if (random.nextInt(3) == 0 && chatsBeside(file) > 1) {
          Files.delete(file);
          return "move " + shown + " to " + name(to);
        }
        return "import " + shown + " as " + name(to);
      }
      case 8, 9 -> {
        unsettle(file);
        backups.add(new Backup(file, bytes));
        save(file, wiped(bytes, random));
        people.stream()
            .filter(person -> user.chatNames(person.now).size() == 1)
            .filter(person -> file.getParent().endsWith(Path.of("chats", person.directory())))
            .forEach(person -> person.wiped = true);
        return "wipe " + shown;
      }
      case 10, 11, 12, 13 -> {
        if (backups.isEmpty()) {
          backups.add(new Backup(file, bytes));
          return "backup of " + shown;
        }
        Backup backup = any(random, backups);
        if (!Files.exists(backup.path().getParent())) {
          return "nothing";
        }
        unsettle(backup.path());
        Path to = random.nextInt(3) > 0 ? backup.path() : free(backup.path(), "restored");
        save(to, backup.bytes());
        return "restore " + name(to);
      }
      case 14 -> {
        Path to = free(file, "old");
        save(to, oldChat(random).getBytes(StandardCharsets.UTF_8));
        return "old chat " + name(to);
      }
      case 15 -> {
        String persona = any(random, List.of(PERSONAS));
        save(file, spokenBy(bytes, persona));
        return "persona sync to " + persona + " in " + shown;
      }
      case 16 -> {
        if (people.stream().anyMatch(person -> person.renamed)) {
          return "nothing";
        }
        people.forEach(person -> person.wiped = true);
        for (Path one : files) {
          backups.add(new Backup(one, Files.readAllBytes(one)));
          if (random.nextInt(3) == 0) {
            Files.delete(one);
          } else {
            save(one, wiped(Files.readAllBytes(one), random));
          }
        }
        return "wipe all chats";
      }
      default -> {
        Files.move(user.directory().resolve("chats"), away);
        return "chats directory goes away";
      }
    }
  }

  private String mountChats() throws IOException {
    Files.move(away, user.directory().resolve("chats"));
    return "chats directory comes back";
  }

  private byte[] wiped(byte[] bytes, Random random) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    String header = text.contains("\n") ? text.substring(0, text.indexOf('\n')) : text;
    String wiped =
        switch (random.nextInt(3)) {
          case 0 -> header;
          case 1 -> header(new UUID(random.nextLong(), random.nextLong()).toString());
          default ->
              header(new UUID(random.nextLong(), random.nextLong()).toString())
                  + "\n"
                  + line(false, "Welcome back.", "2026-03-01T10:00:00.000Z");
        };
    return wiped.getBytes(StandardCharsets.UTF_8);
  }

  private static String header(String integrity) {
    return "{\"chat_metadata\":{\"integrity\":\""
        + integrity
        + "\"},\"user_name\":\"unused\",\"character_name\":\"unused\"}";
  }

  /** In a form of 2023: dates to the minute, and no integrity. */
  private String oldChat(Random random) {
    StringBuilder chat = new StringBuilder("{\"user_name\":\"User\",\"character_name\":\"Mara\"}");
    int lines = 2 + random.nextInt(8);
    int minute = random.nextInt(30);
    for (int i = 0; i < lines; i++) {
      minute += random.nextInt(2);
      String date = String.format(Locale.ROOT, "June 19, 2023 2:%02dpm", minute);
      chat.append('\n').append(line(i % 2 == 0, text(random), date));
    }
    return chat.toString();
  }

  private static String line(boolean byUser, String text, String date) {
    ObjectNode line = Json.MAPPER.createObjectNode();
    line.put("name", byUser ? "User" : "Mara");
    line.put("is_user", byUser);
    line.put("is_system", false);
    line.put("send_date", date);
    line.put("mes", text);
    line.putObject("extra");
    return Json.MAPPER.writeValueAsString(line);
  }

  private static byte[] spokenBy(byte[] bytes, String persona) {
    List<String> lines = new ArrayList<>();
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
      JsonNode json = Json.MAPPER.readTree(line);
      if (json instanceof ObjectNode message && message.path("is_user").asBoolean(false)) {
        message.put("name", persona);
        lines.add(Json.MAPPER.writeValueAsString(message));
      } else {
        lines.add(line);
      }
    }
    return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
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

  private List<Path> soloChats() throws IOException {
    try (Stream<Path> all = Files.walk(user.directory().resolve("chats"))) {
      return all.filter(path -> path.toString().endsWith(".jsonl")).sorted().toList();
    }
  }

  private static long chatsBeside(Path file) throws IOException {
    try (Stream<Path> files = Files.list(file.getParent())) {
      return files.filter(path -> path.toString().endsWith(".jsonl")).count();
    }
  }

  private String name(Path file) {
    return user.directory().relativize(file).toString();
  }

  private static <T> T any(Random random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
