/** Follows the writer's ledger: what changed, and who is in which group. */
@NullMarked
package dev.tavernmem0.retriever.ledger;

import org.jspecify.annotations.NullMarked;
