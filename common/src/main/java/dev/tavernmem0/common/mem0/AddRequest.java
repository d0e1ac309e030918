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
 * @param idempotencyKey a server that {@linkplain Ready#takesIdempotencyKeys takes} it answers a
 *     second call with the same key and ids as the first, and does nothing again; 1 to 200 visible
 *     ASCII characters; null for none
 */
public record AddRequest(
    List<Mem0Message> messages,
    Scope scope,
    Map<String, Object> metadata,
    boolean infer,
    @Nullable String prompt,
    @Nullable String idempotencyKey) {

  public AddRequest {
    messages = List.copyOf(messages);
    metadata = Map.copyOf(metadata);
  }

  /** Without a key. */
  public AddRequest(
      List<Mem0Message> messages,
      Scope scope,
      Map<String, Object> metadata,
      boolean infer,
      @Nullable String prompt) {
    this(messages, scope, metadata, infer, prompt, null);
  }

  /** The same with this key. */
  public AddRequest with(@Nullable String key) {
    return new AddRequest(messages, scope, metadata, infer, prompt, key);
  }
}
