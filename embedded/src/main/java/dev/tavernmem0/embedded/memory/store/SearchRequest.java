package dev.tavernmem0.embedded.memory.store;

import dev.tavernmem0.embedded.memory.embedding.QueryVector;
import dev.tavernmem0.embedded.memory.filter.MetadataFilter;

/**
 * What to look for.
 *
 * @param text the query
 * @param vector the query's embedding
 * @param scope the ids that a memory must have
 * @param filter what else a memory must satisfy
 * @param limit how many memories at most
 * @param threshold least semantic score, in [0,1]
 * @param showExpired whether expired memories count
 */
public record SearchRequest(
    String text,
    QueryVector vector,
    Scope scope,
    MetadataFilter filter,
    int limit,
    double threshold,
    boolean showExpired) {}
