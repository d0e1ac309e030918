package dev.tavernmem0.watcher.files;

import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Which group a group chat belongs to, from the user's {@code groups/*.json}. A file is parsed
 * again only when it changed. Not thread-safe.
 */
public final class GroupDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(GroupDirectory.class);

  private final Path directory;
  private final Map<String, Entry> entries = new HashMap<>();

  private record Entry(FileStamp stamp, Optional<Owner> owner) {}

  private record Owner(Group group, Set<String> chats) {}

  /** Of the given {@code groups} directory, which need not exist. */
  public GroupDirectory(Path directory) {
    this.directory = directory;
  }

  /** The group that a chat belongs to, as the files say now. */
  public Optional<Group> ownerOf(String chat) {
    refresh();
    return entries.values().stream()
        .flatMap(entry -> entry.owner().stream())
        .filter(owner -> owner.chats().contains(chat))
        .map(Owner::group)
        .findFirst();
  }

  private void refresh() {
    Map<String, FileStamp> files;
    try {
      files = TavernTree.list(directory).files();
    } catch (IOException e) {
      LOG.debug("no groups in {}", directory, e);
      entries.clear();
      return;
    }
    entries.keySet().retainAll(files.keySet());
    files.forEach(
        (name, stamp) -> {
          Entry known = entries.get(name);
          if (name.endsWith(".json") && (known == null || !known.stamp().equals(stamp))) {
            entries.put(name, new Entry(stamp, read(name)));
          }
        });
  }

  private Optional<Owner> read(String name) {
    Path file = directory.resolve(name);
    try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      JsonNode json = Json.MAPPER.readTree(in);
      String id = json.path("id").asString(name.substring(0, name.length() - ".json".length()));
      Set<String> chats = new LinkedHashSet<>(texts(json.path("chats")));
      String current = json.path("chat_id").asString("");
      if (!current.isEmpty()) {
        chats.add(current);
      }
      List<String> members =
          texts(json.path("members")).stream().map(GroupDirectory::stem).toList();
      return Optional.of(new Owner(new Group(id, json.path("name").asString(id), members), chats));
    } catch (IOException | JacksonException e) {
      LOG.warn(
          "cannot read group file {}: {}; its chats count as chats without a group",
          file,
          e.getClass().getSimpleName());
      return Optional.empty();
    }
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(node -> texts.add(node.asString("")));
    return texts;
  }

  /** {@code Carol.png} → {@code Carol}. */
  public static String stem(String avatarFile) {
    return avatarFile.endsWith(".png")
        ? avatarFile.substring(0, avatarFile.length() - ".png".length())
        : avatarFile;
  }
}
