/**
 * The commands that operate running services over HTTP: how they are, what became of turns and
 * memories, and what an operator decides.
 */
@NullMarked
package dev.tavernmem0.cli.operate;

import org.jspecify.annotations.NullMarked;
