package dev.tavernmem0.watcher.files;

import dev.tavernmem0.common.event.Group;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * A {@code groups/<id>.json}. Read by streaming, since a tree of a hostile file is many times the
 * file.
 *
 * @param group whose file it is
 * @param chats names of its chats
 */
record GroupFile(Group group, List<String> chats) {
  /** SillyTavern's are a few kilobytes; ten thousand chats are half a megabyte. */
  static final int MAX_BYTES = 4 * 1024 * 1024;

  /** They are in each event of the group; SillyTavern's groups have a handful. */
  static final int MAX_MEMBERS = 1000;

  /** Of an id, a chat or an avatar: these are names of files. */
  private static final int LONGEST_FILE_NAME = 255;

  /** By default the members' names in a row, and in each event. */
  private static final int LONGEST_NAME = 1000;

  private static final String EXTENSION = ".json";

  /** Nesting and the rest have Jackson's own bounds, which are far from a group's. */
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(TokenStreamFactory.Feature.CHARSET_DETECTION).build();

  /** A file that is there and is no group's; the message never holds its content. */
  static final class InvalidException extends Exception {
    private static final long serialVersionUID = 1;

    InvalidException(String message) {
      super(message);
    }
  }

  static boolean isGroupFile(String fileName) {
    return fileName.endsWith(EXTENSION);
  }

  /**
   * Reads a group's file.
   *
   * @param maxChats more do not fit into the memory
   * @throws IOException if the file cannot be read, or is a link
   * @throws InvalidException if it is no group, or too much of one
   */
  static GroupFile read(Path file, int maxChats) throws IOException, InvalidException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw new InvalidException("more than " + MAX_BYTES + " bytes");
    }
    String fileName = file.getFileName().toString();
    String stem = fileName.substring(0, fileName.length() - EXTENSION.length());
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      return new Fields(maxChats).read(json, stem);
    } catch (RuntimeException | StackOverflowError e) {
      // The class only: a message may quote the file.
      throw new InvalidException(e.getClass().getSimpleName());
    }
  }

  /** {@code Carol.png} → {@code Carol}. */
  static String stem(String avatarFile) {
    return avatarFile.endsWith(".png")
        ? avatarFile.substring(0, avatarFile.length() - ".png".length())
        : avatarFile;
  }

  /** The fields as they come along. */
  private static final class Fields {
    private final int maxChats;
    private @Nullable String id;
    private @Nullable String name;
    private @Nullable String current;
    private List<String> members = List.of();
    private List<String> chats = List.of();

    Fields(int maxChats) {
      this.maxChats = maxChats;
    }

    GroupFile read(JsonParser json, String stem) throws InvalidException {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new InvalidException("no JSON object");
      }
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "id" -> id = fileName(json);
          case "name" -> name = text(json);
          case "chat_id" -> current = fileName(json);
          case "members" -> members = fileNames(json, MAX_MEMBERS, "members");
          case "chats" -> chats = fileNames(json, maxChats, "chats");
          default -> json.skipChildren();
        }
      }
      if (json.nextToken() != null) {
        throw new InvalidException("more than one JSON object");
      }
      List<String> all = new ArrayList<>(chats);
      if (current != null) {
        all.add(current);
      }
      String known = id == null ? stem : id;
      String shown = name == null ? known : name;
      return new GroupFile(
          new Group(known, shown, members.stream().map(GroupFile::stem).toList()), all);
    }

    private static List<String> fileNames(JsonParser json, int most, String what)
        throws InvalidException {
      List<String> names = new ArrayList<>();
      if (json.currentToken() != JsonToken.START_ARRAY) {
        json.skipChildren();
        return names;
      }
      while (json.nextToken() != JsonToken.END_ARRAY) {
        String name = fileName(json);
        if (name != null) {
          if (names.size() == most) {
            throw new InvalidException("more than " + most + " " + what);
          }
          names.add(name);
        }
      }
      return names;
    }

    /** Null if it can't be the name of a file. */
    private static @Nullable String fileName(JsonParser json) {
      String text = text(json);
      return text == null || text.length() > LONGEST_FILE_NAME ? null : text;
    }

    /** Null for an object, a list, nothing or an empty text. */
    private static @Nullable String text(JsonParser json) {
      if (!json.currentToken().isScalarValue() || json.currentToken() == JsonToken.VALUE_NULL) {
        json.skipChildren();
        return null;
      }
      String text = json.getString();
      String bounded = text.length() > LONGEST_NAME ? text.substring(0, LONGEST_NAME) : text;
      return bounded.isEmpty() ? null : withoutLoneSurrogates(bounded);
    }

    private static String withoutLoneSurrogates(String text) {
      return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
  }
}
