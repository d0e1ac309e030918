/** Writes down what users decide about memories, before it is done. */
@NullMarked
package dev.tavernmem0.retriever.curation;

import org.jspecify.annotations.NullMarked;
