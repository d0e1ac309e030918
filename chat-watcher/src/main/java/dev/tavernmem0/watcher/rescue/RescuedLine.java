package dev.tavernmem0.watcher.rescue;

import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.Source;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A line of a chat file.
 *
 * @param bytes UTF-8, without the end of the line; must not be changed
 * @param rebuilt made of what the turn says, because the line itself is not in the log
 */
record RescuedLine(byte[] bytes, boolean rebuilt) {
  /** As JavaScript's {@code toISOString()} writes it. */
  private static final DateTimeFormatter SEND_DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** The line of the turn after an event. */
  static RescuedLine of(TurnEvent event) {
    String raw = event.source().raw();
    String line = raw == null ? rebuilt(event) : raw;
    return new RescuedLine(line.getBytes(StandardCharsets.UTF_8), raw == null);
  }

  private static String rebuilt(TurnEvent event) {
    Turn turn = Objects.requireNonNull(event.after(), "a turn that is gone has no line");
    ObjectNode line = Json.MAPPER.createObjectNode();
    line.put("name", turn.name());
    line.put("is_user", turn.role() == Role.USER);
    line.put("is_system", turn.hidden());
    Instant sentAt = turn.sentAt();
    if (sentAt != null) {
      line.put("send_date", SEND_DATE.format(sentAt));
    }
    line.put("mes", turn.text());
    String type = type(turn.role());
    ObjectNode extra = line.putObject("extra");
    if (type != null) {
      extra.put("type", type);
    }
    String agent = turn.agent();
    if (agent != null && isAnotherSpeaker(agent, event.source())) {
      line.put("original_avatar", agent + ".png");
    }
    return Json.MAPPER.writeValueAsString(line);
  }

  /** What tells narrators and notes from characters. */
  private static @Nullable String type(Role role) {
    return switch (role) {
      case NARRATOR -> "narrator";
      case SYSTEM -> "comment";
      case USER, ASSISTANT, UNKNOWN -> null;
    };
  }

  /**
   * A solo chat's character has no avatar on its lines; a group's name that is none's is no avatar.
   */
  private static boolean isAnotherSpeaker(String agent, Source source) {
    Group group = source.group();
    return group == null ? !agent.equals(source.character()) : group.members().contains(agent);
  }
}
