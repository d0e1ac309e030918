package dev.tavernmem0.testkit.mem0;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A memory in the store.
 *
 * @param metadata values as Jackson binds them
 * @param expirationDate hidden from search and list after this day; null never
 */
public record StoredMemory(
    String id,
    String text,
    @Nullable String userId,
    @Nullable String agentId,
    @Nullable String runId,
    Map<String, Object> metadata,
    String createdAt,
    String updatedAt,
    @Nullable LocalDate expirationDate) {

  /** A memory with a fresh id, made now, that never expires. */
  public static StoredMemory of(
      String id, String text, String userId, String agentId, Map<String, Object> metadata) {
    String now = Instant.now().toString();
    return new StoredMemory(id, text, userId, agentId, null, metadata, now, now, null);
  }

  boolean isExpired() {
    return expirationDate != null && expirationDate.isBefore(LocalDate.now(ZoneOffset.UTC));
  }

  boolean isInScope(@Nullable String user, @Nullable String agent, @Nullable String run) {
    return (user == null || user.equals(userId))
        && (agent == null || agent.equals(agentId))
        && (run == null || run.equals(runId));
  }

  /** As get, list and search show it. */
  Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", id);
    json.put("memory", text);
    json.put("hash", md5(text));
    json.put("created_at", createdAt);
    json.put("updated_at", updatedAt);
    putIfPresent(json, "user_id", userId);
    putIfPresent(json, "agent_id", agentId);
    putIfPresent(json, "run_id", runId);
    putIfPresent(json, "expiration_date", expirationDate);
    if (!metadata.isEmpty()) {
      json.put("metadata", metadata);
    }
    return json;
  }

  private static void putIfPresent(
      Map<String, @Nullable Object> json, String key, @Nullable Object value) {
    if (value != null) {
      json.put(key, value.toString());
    }
  }

  private static String md5(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }
}
