package dev.tavernmem0.embedded.memory;

import dev.tavernmem0.embedded.memory.store.Scope;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages to remember.
 *
 * @param metadata goes into each memory; keys that name an identity are dropped
 * @param expirationDate last day on which the memories are found; null for ever
 * @param infer whether a language model, if there is one, extracts memories; otherwise each message
 *     is a memory, word for word
 * @param instructions extra instructions for the language model
 */
public record AddRequest(
    List<Message> messages,
    Scope scope,
    ObjectNode metadata,
    @Nullable LocalDate expirationDate,
    boolean infer,
    @Nullable String instructions) {}
