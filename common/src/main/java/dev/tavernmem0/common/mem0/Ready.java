package dev.tavernmem0.common.mem0;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a server says of itself at {@code GET /ready}. mem0's own has no such address and says
 * nothing.
 *
 * @param takesIdempotencyKeys whether an add can be repeated with its key
 * @param factPrompt whose facts the prompt keeps; null if it does not say
 * @param embedderLimitTokens how many tokens its embedder takes at most; null if it does not say
 */
public record Ready(
    boolean takesIdempotencyKeys,
    @Nullable String factPrompt,
    @Nullable Integer embedderLimitTokens) {

  static final Ready NOTHING = new Ready(false, null, null);

  static Ready of(JsonNode body) {
    JsonNode prompt = body.path("fact_prompt");
    JsonNode limit = body.path("embedder_limit_tokens");
    return new Ready(
        body.path("idempotency_key").asBoolean(false),
        prompt.isString() ? prompt.stringValue() : null,
        limit.isIntegralNumber() && limit.canConvertToInt() && limit.intValue() > 0
            ? limit.intValue()
            : null);
  }
}
