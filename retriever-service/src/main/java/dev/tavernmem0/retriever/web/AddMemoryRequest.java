package dev.tavernmem0.retriever.web;

import dev.tavernmem0.service.problem.RefusedException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/memories}. Names are SillyTavern's, not mem0's ids.
 *
 * @param userId the user's handle; required
 * @param agentId avatar file's stem of the character that is to remember it
 * @param groupId the group that is to remember it; one of the two is required
 * @param text what is to be remembered; required
 * @param saidAt when it was said, so that it is as old as that; null for now
 */
record AddMemoryRequest(
    @Nullable String userId,
    @Nullable String agentId,
    @Nullable String groupId,
    @Nullable String text,
    @Nullable String saidAt) {
  private static final int MAX_NAME = 500;
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

  /**
   * The character.
   *
   * @return null if it is a group's
   * @throws RefusedException if it is neither, or both
   */
  @Nullable String character() {
    boolean character = agentId != null && !agentId.isBlank();
    boolean group = groupId != null && !groupId.isBlank();
    if (character == group) {
      throw RefusedException.invalidField(
          "agent_id",
          agentId,
          "send either agent_id, the character's avatar file name without .png, or group_id");
    }
    return character ? name("agent_id", agentId) : null;
  }

  /** The group; to be asked for if there is no character. */
  String group() {
    return name("group_id", groupId);
  }

  private static String name(String field, @Nullable String value) {
    if (value == null || value.length() > MAX_NAME) {
      throw RefusedException.invalidField(
          field, value, "send a name of at most " + MAX_NAME + " characters");
    }
    return value;
  }

  /**
   * How old the memory is to be.
   *
   * @throws RefusedException if it is no time
   */
  Instant time() {
    if (saidAt == null) {
      return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }
    try {
      Instant time = Instant.parse(saidAt);
      if (!time.isBefore(Instant.EPOCH) && !time.isAfter(LAST)) {
        return time;
      }
    } catch (DateTimeParseException e) {
      // Falls through.
    }
    throw RefusedException.invalidField(
        "said_at", saidAt, "send a time as 2025-12-28T09:00:00Z, or leave it out");
  }
}
