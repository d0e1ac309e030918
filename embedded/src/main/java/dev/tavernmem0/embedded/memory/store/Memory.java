package dev.tavernmem0.embedded.memory.store;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A memory as mem0 keeps it: an id and one flat object with the text, the ids of its scope, dates
 * and the caller's metadata side by side.
 *
 * @param id UUID
 * @param payload see {@link PayloadKeys}; must not be changed
 */
public record Memory(String id, ObjectNode payload) {
  public String text() {
    String text = string(PayloadKeys.DATA);
    return text == null ? "" : text;
  }

  /** The payload's string under this key, or null if there is none. */
  public @Nullable String string(String key) {
    JsonNode value = payload.get(key);
    return value != null && value.isString() ? value.stringValue() : null;
  }
}
