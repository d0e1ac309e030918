/** Which scope id a character has, of topic {@code tavern.characters}: records and their JSON. */
@NullMarked
package dev.tavernmem0.common.character;

import org.jspecify.annotations.NullMarked;
