/** Searches in mem0: several scopes at once, cached, within a deadline. */
@NullMarked
package dev.tavernmem0.retriever.search;

import org.jspecify.annotations.NullMarked;
