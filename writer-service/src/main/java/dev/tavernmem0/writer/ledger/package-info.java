/** The ledger of a chat in memory: which turn was written where. Plain Java. */
@NullMarked
package dev.tavernmem0.writer.ledger;

import org.jspecify.annotations.NullMarked;
