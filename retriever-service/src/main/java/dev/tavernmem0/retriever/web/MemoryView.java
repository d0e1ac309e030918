package dev.tavernmem0.retriever.web;

import dev.tavernmem0.common.curation.Added;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.retriever.curation.KeptMemories;
import dev.tavernmem0.retriever.query.Query;
import dev.tavernmem0.retriever.scope.CharacterScopes;
import dev.tavernmem0.retriever.select.Provenance;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A memory as answers show it.
 *
 * @param id mem0's id
 * @param text as mem0 has it
 * @param score similarity to the query, higher is better; null in lists
 * @param stage which query found it: 1, 2 or 3; null outside retrieval
 * @param agentId the character's avatar stem as it is named now, or {@code group:} and the group's
 *     id
 * @param source where it was said
 * @param kept what its user decided about it, as far as is known: {@code added} (no turn says it),
 *     {@code edited}, {@code pinned}; empty if nothing
 * @param createdAt when mem0 stored it; null if mem0 does not tell
 * @param updatedAt when mem0 changed it last; null if mem0 does not tell
 */
record MemoryView(
    String id,
    String text,
    @Nullable Double score,
    @Nullable Integer stage,
    @Nullable String agentId,
    SourceView source,
    List<String> kept,
    @Nullable Instant createdAt,
    @Nullable Instant updatedAt) {

  /**
   * Where a memory was said.
   *
   * @param batchId the batch it came from; null if it was not the writer that stored it
   * @param chatId the pipeline's chat id; null if it was not the writer that stored it
   * @param chatFile the chat's file name at that time
   * @param turnIds the turns it was made of
   * @param sentAt when the last of them was said; mem0's own dates tell when it was written down,
   *     which for a chat that was there before the pipeline is much later
   */
  record SourceView(
      @Nullable String batchId,
      @Nullable String chatId,
      @Nullable String chatFile,
      List<String> turnIds,
      @Nullable Instant sentAt) {}

  static MemoryView of(
      Memory memory, @Nullable Query query, CharacterScopes characters, KeptMemories kept) {
    Provenance provenance = Provenance.of(memory);
    String agent = memory.agentId();
    Scope scope = agent == null ? null : new Scope(String.valueOf(memory.userId()), agent);
    return new MemoryView(
        memory.id(),
        memory.text(),
        memory.semanticScore() == null ? memory.score() : memory.semanticScore(),
        query == null ? null : query.stage().number(),
        scope == null ? null : characters.nameOf(scope),
        new SourceView(
            provenance.batchId(),
            provenance.chatId(),
            provenance.chatFile(),
            provenance.turnIds(),
            provenance.sentAt()),
        Stream.concat(
                provenance.byHand() ? Stream.of(Added.KIND) : Stream.empty(),
                scope == null ? Stream.empty() : kept.kinds(scope, memory.id()).stream())
            .distinct()
            .toList(),
        memory.createdAt(),
        memory.updatedAt());
  }
}
