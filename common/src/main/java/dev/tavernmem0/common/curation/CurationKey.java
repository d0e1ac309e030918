package dev.tavernmem0.common.curation;

import dev.tavernmem0.common.identity.Scope;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Key of a decision: {@code user_id/agent_id/kind/id}. It tells on its own what a record without a
 * value withdraws.
 *
 * @param scope whose memories it is about; its ids have no slash in them
 * @param kind what was decided
 * @param id what it is about; may have slashes in it
 */
public record CurationKey(Scope scope, String kind, String id) {
  private static final int PARTS = 4;

  /** Reads a record's key; empty if it is none. */
  public static Optional<CurationKey> parse(byte @Nullable [] key) {
    if (key == null) {
      return Optional.empty();
    }
    String[] parts = new String(key, StandardCharsets.UTF_8).split("/", PARTS);
    for (String part : parts) {
      if (part.isEmpty()) {
        return Optional.empty();
      }
    }
    return parts.length < PARTS
        ? Optional.empty()
        : Optional.of(new CurationKey(new Scope(parts[0], parts[1]), parts[2], parts[3]));
  }

  public byte[] bytes() {
    return toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return scope.userId() + "/" + scope.agentId() + "/" + kind + "/" + id;
  }
}
