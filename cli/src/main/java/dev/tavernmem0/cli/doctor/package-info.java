/** {@code tavern-mem0 doctor}: what a set-up needs, whether it is there, and what to do if not. */
@NullMarked
package dev.tavernmem0.cli.doctor;

import org.jspecify.annotations.NullMarked;
