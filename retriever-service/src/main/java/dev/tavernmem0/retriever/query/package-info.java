/**
 * What to ask mem0: the query ladder from the last user message to an LLM's rewrite; plain Java.
 */
@NullMarked
package dev.tavernmem0.retriever.query;

import org.jspecify.annotations.NullMarked;
