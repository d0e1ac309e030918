/** The turn event of topic {@code tavern.chat.turns}: records and their JSON. */
@NullMarked
package dev.tavernmem0.common.event;

import org.jspecify.annotations.NullMarked;
