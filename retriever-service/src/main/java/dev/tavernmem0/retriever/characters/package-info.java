/** Follows which scope id each character has. */
@NullMarked
package dev.tavernmem0.retriever.characters;

import org.jspecify.annotations.NullMarked;
