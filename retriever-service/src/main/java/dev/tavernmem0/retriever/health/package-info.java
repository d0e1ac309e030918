/** What the health endpoint tells of mem0, the ledger and the rewrite. */
@NullMarked
package dev.tavernmem0.retriever.health;

import org.jspecify.annotations.NullMarked;
