/** The writer's ledger of topic {@code tavern.memory.ledger}: records and their JSON. */
@NullMarked
package dev.tavernmem0.common.ledger;

import org.jspecify.annotations.NullMarked;
