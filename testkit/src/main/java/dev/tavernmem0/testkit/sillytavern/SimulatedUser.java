package dev.tavernmem0.testkit.sillytavern;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A user of the simulated SillyTavern: a directory of the data root, and what is in it. */
public final class SimulatedUser {
  /** The persona's display name. */
  static final String PERSONA = "User";

  /** The persona's avatar file. */
  static final String PERSONA_AVATAR = "user-default.png";

  private static final String EXTENSION = ".jsonl";

  private final Path directory;
  private final SimulatedTime time;
  private final Supplier<UUID> ids;
  private final ChatFiles files;
  private final List<SimulatedCharacter> characters = new ArrayList<>();
  private final List<SimulatedGroup> groups = new ArrayList<>();
  private String persona = PERSONA;

  SimulatedUser(Path directory, SimulatedTime time, Supplier<UUID> ids, ChatFiles files) {
    this.directory = directory;
    this.time = time;
    this.ids = ids;
    this.files = files;
  }

  public Path directory() {
    return directory;
  }

  /** Renames the persona; later messages of the user carry this name. */
  public void persona(String name) {
    persona = name;
  }

  String persona() {
    return persona;
  }

  SimulatedTime time() {
    return time;
  }

  ChatFiles files() {
    return files;
  }

  UUID newId() {
    return ids.get();
  }

  /** Creates a character without a description. */
  public SimulatedCharacter character(String name, String greeting, String... alternates) {
    return character(name, "", greeting, List.of(alternates));
  }

  /** Creates a character; a second one of the same name gets a number in its file name. */
  public SimulatedCharacter character(
      String name, String description, String greeting, List<String> alternates) {
    SimulatedCharacter character =
        new SimulatedCharacter(name, freeAvatar(name), description, greeting, alternates);
    write(character);
    characters.add(character);
    return character;
  }

  /** Creates a group and opens its first chat, which greets with every member. */
  public SimulatedChat group(String name, SimulatedCharacter... members) {
    String chat = time.humanized();
    SimulatedGroup group = addGroup(name, List.of(members), chat);
    return SimulatedChat.create(this, null, group, chat);
  }

  SimulatedGroup addGroup(String name, List<SimulatedCharacter> members, String chat) {
    SimulatedGroup group = new SimulatedGroup(this, name, members, chat);
    group.create();
    groups.add(group);
    return group;
  }

  /** Opens a new chat with a character. */
  public SimulatedChat newChat(SimulatedCharacter character) {
    return SimulatedChat.create(this, character, null, character.name() + " - " + time.humanized());
  }

  /** Opens one more chat of a group. */
  public SimulatedChat newChat(SimulatedGroup group) {
    String chat = time.humanized();
    group.open(chat);
    return SimulatedChat.create(this, null, group, chat);
  }

  /** Opens a chat of a character that is on disk. */
  public SimulatedChat open(SimulatedCharacter character, String chat) {
    return SimulatedChat.load(this, character, null, chat);
  }

  /** Opens a chat of a group that is on disk. */
  public SimulatedChat open(SimulatedGroup group, String chat) {
    return SimulatedChat.load(this, null, group, chat);
  }

  /** Imports a JSONL file as a chat of a character: copied as it is, integrity and all. */
  public SimulatedChat importChat(SimulatedCharacter character, Path file) {
    String chat = character.name() + " - " + time.humanized() + " imported";
    createDirectories(chats(character));
    files.copy(file, path(character, null, chat));
    return open(character, chat);
  }

  /**
   * Renames a character: its chats move to a new directory as copies.
   *
   * @param pastChats also rewrites every chat of it, and of groups it is in, with the new name
   */
  public SimulatedCharacter rename(SimulatedCharacter old, String newName, boolean pastChats) {
    SimulatedCharacter renamed =
        new SimulatedCharacter(
            newName,
            freeAvatar(newName),
            old.description(),
            old.greeting(),
            old.alternateGreetings());
    write(renamed);
    Path from = chats(old);
    Path to = chats(renamed);
    if (Files.exists(from)) {
      createDirectories(to);
      list(from).forEach(chat -> files.copy(chat, to.resolve(chat.getFileName())));
      deleteRecursively(from);
    }
    files.delete(avatar(old));
    characters.remove(old);
    characters.add(renamed);
    if (pastChats) {
      chatNames(renamed).forEach(chat -> open(renamed, chat).renameSpeaker(old, renamed));
    }
    for (SimulatedGroup group : groups) {
      if (group.replaceMember(old, renamed)) {
        group.chats().stream()
            .filter(chat -> Files.exists(path(null, group, chat)))
            .forEach(chat -> open(group, chat).renameSpeaker(old, renamed));
      }
    }
    return renamed;
  }

  /** Names of a character's chats, sorted, without extension. */
  public List<String> chatNames(SimulatedCharacter character) {
    Path chats = chats(character);
    return Files.exists(chats)
        ? list(chats).stream()
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(EXTENSION))
            .map(name -> name.substring(0, name.length() - EXTENSION.length()))
            .toList()
        : List.of();
  }

  List<SimulatedCharacter> characters(List<String> avatars) {
    return characters.stream().filter(one -> avatars.contains(one.avatar())).toList();
  }

  Path path(@Nullable SimulatedCharacter character, @Nullable SimulatedGroup group, String chat) {
    Path chats =
        group == null ? chats(Objects.requireNonNull(character)) : directory.resolve("group chats");
    return chats.resolve(chat + EXTENSION);
  }

  Path groupFile(String id) {
    return directory.resolve("groups").resolve(id + ".json");
  }

  private Path chats(SimulatedCharacter character) {
    return directory.resolve("chats").resolve(character.stem());
  }

  private Path avatar(SimulatedCharacter character) {
    return directory.resolve("characters").resolve(character.avatar());
  }

  private void write(SimulatedCharacter character) {
    ObjectNode card = CharacterCard.card(character, character.name() + " - " + time.humanized());
    try {
      Files.write(avatar(character), CharacterCard.png(card));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the character " + character.name(), e);
    }
  }

  private String freeAvatar(String name) {
    String sanitized = name.replaceAll("[/?<>\\\\:*|\"\\p{Cntrl}]", "");
    String stem = sanitized;
    for (int i = 1; Files.exists(directory.resolve("characters").resolve(stem + ".png")); i++) {
      stem = sanitized + i;
    }
    return stem + ".png";
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + directory, e);
    }
  }

  private static void createDirectories(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + directory, e);
    }
  }

  private static void deleteRecursively(Path directory) {
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                throws IOException {
              Files.delete(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + directory, e);
    }
  }
}
