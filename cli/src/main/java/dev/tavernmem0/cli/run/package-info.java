/** {@code tavern-mem0 run}: the whole pipeline in one process. */
@NullMarked
package dev.tavernmem0.cli.run;

import org.jspecify.annotations.NullMarked;
