/** Asks a language model for a better query. */
@NullMarked
package dev.tavernmem0.retriever.rewrite;

import org.jspecify.annotations.NullMarked;
