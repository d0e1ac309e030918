package dev.tavernmem0.common.mem0;

import dev.tavernmem0.common.identity.Scope;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /memories}.
 *
 * @param messages at least one
 * @param scope the ids that the memories are stored under
 * @param metadata shared by all memories of the call; any JSON value except the identity keys
 * @param infer false stores the messages verbatim, without the model
 * @param prompt extra instructions for the extraction; null for none
 */
public record AddRequest(
    List<Mem0Message> messages,
    Scope scope,
    Map<String, Object> metadata,
    boolean infer,
    @Nullable String prompt) {

  public AddRequest {
    messages = List.copyOf(messages);
    metadata = Map.copyOf(metadata);
  }
}
