/** {@code tavern-mem0 install-hook}: puts the extension and the server plugin into SillyTavern. */
@NullMarked
package dev.tavernmem0.cli.hook;

import org.jspecify.annotations.NullMarked;
