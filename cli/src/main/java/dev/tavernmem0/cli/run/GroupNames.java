package dev.tavernmem0.cli.run;

import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What users call their groups; memories only know a group's number. */
final class GroupNames {
  private static final Logger LOG = LoggerFactory.getLogger(GroupNames.class);

  private final Map<String, String> byAgentId = new HashMap<>();

  /** Reads the names of all users' groups. */
  static GroupNames of(SillyTavernRoot root) {
    GroupNames names = new GroupNames();
    for (String handle : root.handles()) {
      names.read(root.path().resolve(handle).resolve("groups"));
    }
    return names;
  }

  /** A character's or group's name, for people to read. */
  String of(String agentId) {
    return byAgentId.getOrDefault(agentId, Mem0Ids.name(agentId));
  }

  private void read(Path groups) {
    if (!Files.isDirectory(groups)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(groups, "*.json")) {
      for (Path file : files) {
        JsonNode group = Json.MAPPER.readTree(Files.readAllBytes(file));
        String id = group.path("id").asString("");
        String name = group.path("name").asString("");
        if (!id.isEmpty() && !name.isBlank()) {
          byAgentId.put(Mem0Ids.group(id), name);
        }
      }
    } catch (IOException | JacksonException e) {
      LOG.info("the names of the groups in {} cannot be read: {}", groups, e.toString());
    }
  }
}
