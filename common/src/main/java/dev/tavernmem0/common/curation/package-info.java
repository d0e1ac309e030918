/**
 * What users decided about memories, topic {@code tavern.memory.curation}: records, keys and their
 * JSON. Neither a rewrite nor a replay undoes a decision; the topic is where it is kept.
 */
@NullMarked
package dev.tavernmem0.common.curation;

import org.jspecify.annotations.NullMarked;
